import type { Variable } from '@tensorflow/tfjs-core';
import type { Attribute, Calls, Output, Values } from '../binding/binding';
import { type Dispatcher, reserveIds } from '../binding/dispatcher';
import { sameBytes } from '../binding/values';
import type { Operation, Program, Source } from '../recording/program';
import { sameAttributes } from './difference';
import { type Progress, replay } from './replay';

/**
 * Compares a step with a program while its JavaScript runs. It runs nothing, and answers with virtual ids and the
 * recorded shapes.
 *
 * At the first difference it runs what the step has asked for so far, and the step continues eagerly: its results are
 * right either way.
 */
export class Comparison implements Calls, Progress {
  /** Why the step is not the recorded one. */
  divergence?: string;
  /** Whether the program has to be recorded again: a constant has other values. */
  isOutdated = false;
  operation = 0;
  readonly values: Values[] = [];
  readonly shapes: number[][] = [];
  readonly deletions: { id: number; position: number }[] = [];
  /** The virtual id of slot 0; those of the others follow. */
  private readonly first: number;

  /**
   * @param variables The ids of the program's variables before the step.
   * @param args The ids of its arguments.
   */
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly program: Program,
    readonly variables: Map<Variable, number>,
    private readonly args: number[],
  ) {
    this.first = reserveIds(program.slots);
  }

  idOf = (source: Source): number | undefined => {
    if (source.kind === 'slot') return this.first + source.slot;
    if (source.kind === 'variable') return this.variables.get(source.variable);
    return source.kind === 'argument' ? this.args[source.index] : source.id;
  };

  isOwn = (id: number) => id >= this.first && id < this.first + this.program.slots;

  executeOp = (name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[] => {
    if (this.divergence === undefined) {
      const expected = this.program.operations[this.operation];
      const why = this.operationDifference(expected, name, attributes, inputs, outputs);
      if (why === undefined) {
        this.operation++;
        return expected.outputs.map(({ slot, shape, dtype }) => ({
          id: this.first + slot,
          shape: shape.slice(),
          dtype,
        }));
      }
      this.diverge(why);
    }
    return this.dispatcher.executeOp(name, attributes, inputs, outputs);
  };

  private operationDifference(
    expected: Operation | undefined,
    name: string,
    attributes: Attribute[],
    inputs: number[],
    outputs: number,
  ): string | undefined {
    if (!expected) return `one more operation, ${name}`;
    if (expected.name !== name || expected.outputs.length !== outputs) return `${name} in place of ${expected.name}`;
    if (!sameAttributes(expected.attributes, attributes)) return `other attributes of ${name}`;
    if (expected.inputs.length !== inputs.length) return `other inputs of ${name}`;
    for (let k = 0; k < inputs.length; k++)
      if (this.idOf(expected.inputs[k]) !== inputs[k]) return `other inputs of ${name}`;
    return undefined;
  }

  createTensor = (shape: number[], dtype: number, values: Values): number => {
    if (this.divergence === undefined) {
      const expected = this.program.constants[this.values.length];
      const isHere = expected?.position === this.operation && expected.dtype === dtype && ArrayBuffer.isView(values);
      const isSame =
        isHere &&
        expected.sizes.length === shape.length &&
        expected.sizes.every((size, k) => size === -1 || size === shape[k]) &&
        (expected.changes || sameBytes(expected.values, values));
      if (isSame) {
        this.values.push(values);
        this.shapes.push(shape.slice());
        return this.first + expected.slot;
      }
      this.isOutdated = isHere;
      this.diverge(isHere ? 'a constant of other values' : 'another constant');
    }
    return this.dispatcher.createTensor(shape, dtype, values);
  };

  deleteTensor = (id: number): void => {
    if (this.divergence !== undefined) this.dispatcher.deleteTensor(id);
    else this.deletions.push({ id, position: this.operation });
  };

  tensorDataSync = (id: number): Values => {
    this.diverge('it reads the values of a tensor');
    return this.dispatcher.tensorDataSync(id);
  };

  runSavedModel = (...args: Parameters<Calls['runSavedModel']>): Output[] => {
    this.diverge('it runs a SavedModel');
    return this.dispatcher.runSavedModel(...args);
  };

  /** Compares what shows at the end of a step alone; returns whether the graph may run in its place. */
  finish(): boolean {
    const why = this.divergence ?? this.differenceAtEnd();
    if (why !== undefined) this.diverge(why);
    return why === undefined;
  }

  private differenceAtEnd(): string | undefined {
    const { operations, constants, slots, left, assigned, variables } = this.program;
    if (this.operation < operations.length) return `no ${operations[this.operation].name}`;
    if (this.values.length < constants.length) return 'one constant less';
    let deleted = 0;
    for (const { id } of this.deletions) {
      if (!this.isOwn(id)) continue;
      if (left.has(id - this.first)) return 'other tensors are left';
      deleted++;
    }
    if (deleted + left.size !== slots) return 'other tensors are left';
    const expected = new Map(this.variables);
    for (const { variable, value } of assigned) expected.set(variable, this.idOf(value)!);
    for (const variable of variables)
      if (this.dispatcher.idOf(variable) !== expected.get(variable)) return 'other variables are assigned';
    return undefined;
  }

  /** Continues eagerly: runs what the step has asked for so far. */
  diverge(why: string): void {
    if (this.divergence !== undefined) return;
    this.divergence = why;
    replay(this, this.dispatcher, this.program);
  }

  /** Returns the ids of tensors from before the step that it deletes. */
  deletesOlder(): number[] {
    return this.deletions.filter(({ id }) => !this.isOwn(id)).map(({ id }) => id);
  }
}
