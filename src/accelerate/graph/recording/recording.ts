import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { type Attribute, type Calls, dataTypes, type Output, type Values } from '../binding/binding';
import type { Switchboard } from '../binding/dispatcher';
import type { Constant, Operation, Program, Source } from './program';
import { refusalOf } from './shapes';

/** Runs everything that it is asked for, and writes it down. */
export class Recording implements Calls {
  private readonly operations: {
    name: string;
    attributes: Attribute[];
    inputs: number[];
    outputs: Operation['outputs'];
  }[] = [];
  private readonly constants: Constant[] = [];
  private readonly slots = new Map<number, number>();
  private readonly alive = new Set<number>();
  /** Why the step cannot be a graph. */
  refusal?: string;

  constructor(private readonly board: Switchboard) {}

  private add(id: number): number {
    const slot = this.slots.size;
    this.slots.set(id, slot);
    this.alive.add(id);
    return slot;
  }

  executeOp = (name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[] => {
    const made = this.board.executeOp(name, attributes, inputs, outputs);
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
    const id = this.board.createTensor(shape, dtype, values);
    if (dtype === dataTypes.string || !ArrayBuffer.isView(values)) this.refusal ??= 'it makes a tensor of text';
    const sizes = [...shape];
    const copy = ArrayBuffer.isView(values) ? values.slice() : values;
    const position = this.operations.length;
    this.constants.push({ slot: this.add(id), shape: sizes, dtype, values: copy, position, changes: false, sizes });
    return id;
  };

  deleteTensor = (id: number): void => {
    this.alive.delete(id);
    this.board.deleteTensor(id);
  };

  tensorDataSync = (id: number): Values => {
    this.refusal ??= 'it reads the values of a tensor';
    return this.board.tensorDataSync(id);
  };

  runSavedModel = (...args: Parameters<Calls['runSavedModel']>): Output[] => {
    this.refusal ??= 'it runs a SavedModel';
    return this.board.runSavedModel(...args);
  };

  /** @param before The variables that there were, with their ids before the step; `args` likewise. */
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
    const left = new Set(this.alive);
    for (const [variable, id] of before) {
      const now = this.board.idOf(variable);
      if (now === undefined || now === id) continue;
      assigned.push({ variable, value: source(now) });
      left.delete(now);
    }
    const used = new Set(assigned.map(({ variable }) => variable));
    for (const input of [...operations.flatMap(({ inputs }) => inputs), ...assigned.map(({ value }) => value)])
      if (input.kind === 'variable') used.add(input.variable);
    return {
      operations,
      constants: this.constants,
      slots: this.slots.size,
      args: [...args.keys()].map(({ shape, dtype }) => ({ shape, dtype })),
      variables: [...used],
      assigned,
      results: [...left].map((id) => this.slots.get(id)!),
      left: new Set([...this.alive].map((id) => this.slots.get(id)!)),
    };
  }
}
