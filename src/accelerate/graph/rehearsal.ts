import type { Variable } from '@tensorflow/tfjs-core';
import { type Attribute, type Calls, dataTypes, type Output, type Values } from './binding';
import { sameAttributes, sameBytes, sameList } from './compare';
import { type Program, type Source, slotsLeft } from './program';
import { type Call, replay } from './replay';
import { reserveIds, type Switchboard } from './switchboard';

/**
 * Compares what the JavaScript of a step asks for with a program, and runs nothing: it answers with virtual ids and the
 * recorded shapes. At the first difference everything that was asked for so far is run in that order, and the step
 * continues eagerly: its results are right either way.
 */
export class Rehearsal implements Calls {
  /** Why the step is not the recorded one. */
  divergence?: string;
  /** Whether the program has to be recorded again: a constant that shapes may depend on is another. */
  isOutdated = false;
  /** The values of the constants. */
  readonly values: Values[] = [];
  readonly shapes: number[][] = [];
  private readonly first: number;
  private readonly deleted = new Set<number>();
  private calls: Call[] = [];
  private operation = 0;

  /** @param before The ids of the program's variables and arguments before the step. */
  constructor(
    private readonly board: Switchboard,
    private readonly program: Program,
    private readonly before: { variables: Map<Variable, number>; args: number[] },
  ) {
    this.first = reserveIds(program.slots);
  }

  /** The id that stands for a value in this step. */
  idOf(source: Source): number | undefined {
    if (source.kind === 'slot') return this.first + source.slot;
    if (source.kind === 'variable') return this.before.variables.get(source.variable);
    return source.kind === 'argument' ? this.before.args[source.index] : source.id;
  }

  private isOwn = (id: number) => id >= this.first && id < this.first + this.program.slots;

  /** Whether the tensor is still there. */
  isLeft = (id: number) => !this.deleted.has(id);

  executeOp = (name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[] => {
    if (!this.divergence) {
      const expected = this.program.operations[this.operation];
      const why = this.compare(expected, name, attributes, inputs, outputs);
      if (!why) {
        this.operation++;
        const slots = expected.outputs.map(({ slot }) => slot);
        this.calls.push({ kind: 'execute', name, attributes, inputs: [...inputs], slots });
        return expected.outputs.map(({ slot, shape, dtype }) => ({ id: this.first + slot, shape: [...shape], dtype }));
      }
      this.diverge(why);
    }
    return this.board.executeOp(name, attributes, inputs, outputs);
  };

  private compare(
    expected: Program['operations'][number] | undefined,
    name: string,
    attributes: Attribute[],
    inputs: number[],
    outputs: number,
  ): string | undefined {
    if (!expected) return `one more operation, ${name}`;
    if (expected.name !== name || expected.outputs.length !== outputs) return `${name} in place of ${expected.name}`;
    if (!sameAttributes(expected.attributes, attributes)) return `other attributes of ${name}`;
    const sameInputs =
      expected.inputs.length === inputs.length && expected.inputs.every((source, k) => this.idOf(source) === inputs[k]);
    return sameInputs ? undefined : `other inputs of ${name}`;
  }

  createTensor = (shape: number[], dtype: number, values: Values): number => {
    if (!this.divergence) {
      const expected = this.program.constants[this.values.length];
      const isHere = expected?.position === this.operation && expected.dtype === dtype && ArrayBuffer.isView(values);
      const fits =
        isHere &&
        expected.sizes.length === shape.length &&
        expected.sizes.every((size, k) => size === -1 || size === shape[k]) &&
        // Shapes may depend on integers: only those of which that is known not to be so may change.
        (expected.changes || dtype === dataTypes.float32 || sameBytes(expected.values, values));
      if (fits) {
        this.values.push(values);
        this.shapes.push([...shape]);
        this.calls.push({ kind: 'create', shape: [...shape], dtype, values, slot: expected.slot });
        return this.first + expected.slot;
      }
      this.isOutdated = Boolean(isHere);
      this.diverge(isHere ? 'another shape or integer' : 'another constant');
    }
    return this.board.createTensor(shape, dtype, values);
  };

  deleteTensor = (id: number): void => {
    if (this.divergence) this.board.deleteTensor(id);
    else {
      this.calls.push({ kind: 'delete', id });
      this.deleted.add(id);
    }
  };

  tensorDataSync = (id: number): Values => {
    if (!this.divergence) this.diverge('it reads the values of a tensor');
    return this.board.tensorDataSync(id);
  };

  runSavedModel = (...args: Parameters<Calls['runSavedModel']>): Output[] => {
    if (!this.divergence) this.diverge('it runs a SavedModel');
    return this.board.runSavedModel(...args);
  };

  /** Compares what only the end of a step shows; returns whether the graph may run in its place. */
  finish(): boolean {
    if (!this.divergence) {
      const why = this.differenceAtEnd();
      if (why) this.diverge(why);
    }
    return !this.divergence;
  }

  private differenceAtEnd(): string | undefined {
    const { operations, constants, slots, assigned, variables } = this.program;
    if (this.operation < operations.length) return `no ${operations[this.operation].name}`;
    if (this.values.length < constants.length) return 'one constant less';
    const left = slotsLeft(this.program);
    const deleted = [...this.deleted].filter(this.isOwn);
    if (deleted.length + left.size !== slots || deleted.some((id) => left.has(id - this.first)))
      return 'other tensors are left';
    const values = new Map(assigned.map(({ variable, value }) => [variable, value]));
    const expected = variables.map((variable) => this.idOf(values.get(variable) ?? { kind: 'variable', variable }));
    return sameList(
      expected,
      variables.map((variable) => this.board.idOf(variable)),
    )
      ? undefined
      : 'other variables are assigned';
  }

  /** Continues eagerly. */
  diverge(why: string): void {
    this.divergence = why;
    this.replay();
  }

  /** Runs what was asked for so far one by one. If that throws, the other variables keep the values before the step. */
  replay(): void {
    const { calls, board, program, first, before } = this;
    this.calls = [];
    replay(calls, board, program, { first, before: before.variables });
  }

  /** Deletes what the step deleted and was there before it, after the graph has run. */
  deleteOlder(): void {
    for (const id of this.deleted) if (!this.isOwn(id)) this.board.deleteTensor(id);
  }
}
