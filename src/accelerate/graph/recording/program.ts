import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Attribute, Output, Values } from '../binding/binding';

/** Where an operation gets an input from: made in the step, state, an argument, or a tensor from outside. */
export type Source =
  | { kind: 'slot'; slot: number }
  | { kind: 'variable'; variable: Variable }
  | { kind: 'argument'; index: number }
  | { kind: 'captured'; id: number };

/**
 * An operation as it was asked for. Values that are made in a step have a slot: their number, in the order of making.
 */
export interface Operation {
  name: string;
  attributes: Attribute[];
  inputs: Source[];
  outputs: (Omit<Output, 'id'> & { slot: number })[];
}

/** A tensor that JavaScript made in the step. */
export interface Constant {
  slot: number;
  shape: number[];
  dtype: number;
  values: Values;
  /** The number of operations before it. */
  position: number;
  /** Whether its values changed from one recording to the next, so that each step brings its own. */
  changes: boolean;
  /** Sizes that changed are -1. */
  sizes: number[];
}

/** A step as it was recorded: what is compiled, and what later steps are compared with. */
export interface Program {
  operations: Operation[];
  constants: Constant[];
  slots: number;
  /** The types of the arguments. */
  args: Pick<Tensor, 'shape' | 'dtype'>[];
  /** Variables that are read or assigned. */
  variables: Variable[];
  /** Variables that are assigned, and their new values. */
  assigned: { variable: Variable; value: Source }[];
  /** Slots that are still there at the end, and are not the new value of a variable. */
  results: number[];
  /** Slots that are still there at the end. */
  left: Set<number>;
}
