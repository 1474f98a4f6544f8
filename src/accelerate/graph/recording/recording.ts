import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { type Attribute, type Calls, dataTypes, type Output, type Values } from '../binding/binding';
import type { Dispatcher } from '../binding/dispatcher';
import { type Constant, type Operation, type Program, type Source, sourcesOf } from './program';
import { refusalOf } from './shapes';

/** Records a step while it runs. */
export class Recording implements Calls {
  /** Why the step cannot be a graph. */
  refusal?: string;
  private readonly operations: (Omit<Operation, 'inputs'> & { inputs: number[] })[] = [];
  private readonly constants: Constant[] = [];
  /** The slots of the tensors that the step made, by their ids. */
  private readonly slots = new Map<number, number>();
  private readonly alive = new Set<number>();

  constructor(private readonly dispatcher: Dispatcher) {}

  private add(id: number): number {
    const slot = this.slots.size;
    this.slots.set(id, slot);
    this.alive.add(id);
    return slot;
  }

  executeOp = (name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[] => {
    const made = this.dispatcher.executeOp(name, attributes, inputs, outputs);
    this.refusal ??= refusalOf(name);
    this.operations.push({
      name,
      attributes,
      inputs: [...inputs],
      outputs: made.map(({ id, shape, dtype }) => ({ slot: this.add(id), shape: [...shape], dtype })),
    });
    return made;
  };

  createTensor = (shape: number[], dtype: number, values: Values): number => {
    const id = this.dispatcher.createTensor(shape, dtype, values);
    const isText = dtype === dataTypes.string || !ArrayBuffer.isView(values);
    if (isText) this.refusal ??= 'it makes a tensor of text';
    this.constants.push({
      slot: this.add(id),
      shape: [...shape],
      sizes: [...shape],
      dtype,
      values: isText ? values : values.slice(),
      position: this.operations.length,
      changes: false,
    });
    return id;
  };

  deleteTensor = (id: number): void => {
    this.alive.delete(id);
    this.dispatcher.deleteTensor(id);
  };

  tensorDataSync = (id: number): Values => {
    this.refusal ??= 'it reads the values of a tensor';
    return this.dispatcher.tensorDataSync(id);
  };

  runSavedModel = (...args: Parameters<Calls['runSavedModel']>): Output[] => {
    this.refusal ??= 'it runs a SavedModel';
    return this.dispatcher.runSavedModel(...args);
  };

  /**
   * Returns what was recorded.
   *
   * @param before The variables that there were, with their ids before the step.
   * @param args The arguments, with their ids.
   */
  toProgram(before: Map<Variable, number>, args: Map<Tensor, number>): Program {
    const given = new Map<number, Source>();
    for (const [variable, id] of before) given.set(id, { kind: 'variable', variable });
    for (const [index, id] of [...args.values()].entries()) given.set(id, { kind: 'argument', index });
    const source = (id: number): Source => {
      const slot = this.slots.get(id);
      return slot === undefined ? (given.get(id) ?? { kind: 'captured', id }) : { kind: 'slot', slot };
    };
    const operations = this.operations.map((operation) => ({ ...operation, inputs: operation.inputs.map(source) }));
    const assigned: Program['assigned'] = [];
    const left = new Set([...this.alive].map((id) => this.slots.get(id)!));
    const results = new Set(left);
    for (const [variable, id] of before) {
      const now = this.dispatcher.idOf(variable);
      if (now === undefined || now === id) continue;
      const value = source(now);
      assigned.push({ variable, value });
      if (value.kind === 'slot') results.delete(value.slot);
    }
    const used = new Set(assigned.map(({ variable }) => variable));
    for (const source of sourcesOf({ operations, assigned })) if (source.kind === 'variable') used.add(source.variable);
    return {
      operations,
      constants: this.constants,
      slots: this.slots.size,
      args: [...args.keys()].map(({ shape, dtype }) => ({ shape, dtype })),
      variables: [...used],
      assigned,
      left,
      results: [...results],
    };
  }
}
