import type { Variable } from '@tensorflow/tfjs-core';
import type { Attribute, Calls, Output, Values } from '../binding/binding';
import { reserveIds, type Switchboard } from '../binding/dispatcher';
import { sameBytes } from '../binding/values';
import type { Operation, Program, Source } from '../recording/program';
import { sameAttributes } from './difference';
import { type Progress, replay } from './replay';

/**
 * Compares what the JavaScript of a step asks for with a program, and runs nothing: it answers with virtual ids and the
 * recorded shapes. At the first difference everything that was asked for so far is run in that order, and the step
 * continues eagerly: its results are right either way.
 */
export class Rehearsal implements Calls, Progress {
  /** Why the step is not the recorded one. */
  divergence?: string;
  /** Whether the program has to be recorded again: a constant has other values. */
  isOutdated = false;
  operation = 0;
  readonly values: Values[] = [];
  readonly shapes: number[][] = [];
  readonly deletions: { id: number; position: number }[] = [];
  readonly first: number;

  /** @param before The ids of the program's variables and arguments before the step. */
  constructor(
    private readonly board: Switchboard,
    private readonly program: Program,
    private readonly before: { variables: Map<Variable, number>; args: number[] },
  ) {
    this.first = reserveIds(program.slots);
  }

  /** The id that stands for a value in this step. */
  idOf = (source: Source): number | undefined => {
    if (source.kind === 'slot') return this.first + source.slot;
    if (source.kind === 'variable') return this.before.variables.get(source.variable);
    return source.kind === 'argument' ? this.before.args[source.index] : source.id;
  };

  private isOwn = (id: number) => id >= this.first && id < this.first + this.program.slots;

  executeOp = (name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[] => {
    if (this.divergence === undefined) {
      const expected = this.program.operations[this.operation];
      const why = this.compare(expected, name, attributes, inputs, outputs);
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
    return this.board.executeOp(name, attributes, inputs, outputs);
  };

  private compare(
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
      const fits =
        isHere &&
        expected.sizes.length === shape.length &&
        expected.sizes.every((size, k) => size === -1 || size === shape[k]) &&
        (expected.changes || sameBytes(expected.values, values));
      if (fits) {
        this.values.push(values);
        this.shapes.push(shape.slice());
        return this.first + expected.slot;
      }
      this.isOutdated = Boolean(isHere);
      this.diverge(isHere ? 'a constant of other values' : 'another constant');
    }
    return this.board.createTensor(shape, dtype, values);
  };

  deleteTensor = (id: number): void => {
    if (this.divergence !== undefined) this.board.deleteTensor(id);
    else this.deletions.push({ id, position: this.operation });
  };

  tensorDataSync = (id: number): Values => {
    this.diverge('it reads the values of a tensor');
    return this.board.tensorDataSync(id);
  };

  runSavedModel = (...args: Parameters<Calls['runSavedModel']>): Output[] => {
    this.diverge('it runs a SavedModel');
    return this.board.runSavedModel(...args);
  };

  /** Compares what only the end of a step shows; returns whether the graph may run in its place. */
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
    const expected = new Map(this.before.variables);
    for (const { variable, value } of assigned) expected.set(variable, this.idOf(value)!);
    for (const variable of variables)
      if (this.board.idOf(variable) !== expected.get(variable)) return 'other variables are assigned';
    return undefined;
  }

  /** Continues eagerly: runs what was asked for so far. */
  diverge(why: string): void {
    if (this.divergence !== undefined) return;
    this.divergence = why;
    replay(this, this.board, this.program, { first: this.first, idOf: this.idOf, variables: this.before.variables });
  }

  /** The ids of tensors from before the step that it deletes. */
  deletesOlder(): number[] {
    return this.deletions.filter(({ id }) => !this.isOwn(id)).map(({ id }) => id);
  }
}
