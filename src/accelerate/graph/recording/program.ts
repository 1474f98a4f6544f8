import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Attribute, Output, Values } from '../binding/binding';

/** Names the source of an operation's input: made in the step, a variable, an argument, or a tensor from outside. */
export type Source =
  | { kind: 'slot'; slot: number }
  | { kind: 'variable'; variable: Variable }
  | { kind: 'argument'; index: number }
  | { kind: 'captured'; id: number };

/** Describes an operation of a step. Each value that a step makes has a slot: its number in the order of making. */
export interface Operation {
  name: string;
  attributes: Attribute[];
  inputs: Source[];
  outputs: (Omit<Output, 'id'> & { slot: number })[];
}

/** Describes a tensor that the JavaScript of a step made. */
export interface Constant {
  slot: number;
  shape: number[];
  dtype: number;
  values: Values;
  /** The number of operations before it. */
  position: number;
  /** Whether its values were others in another recording, so that each step feeds them. */
  changes: boolean;
  /** The shape, with -1 for sizes that were others in another recording. */
  sizes: number[];
}

/** Holds a recorded step, which is compiled and with which later steps are compared. */
export interface Program {
  operations: Operation[];
  constants: Constant[];
  /** The number of slots. */
  slots: number;
  /** The types of the arguments. */
  args: Pick<Tensor, 'shape' | 'dtype'>[];
  /** The variables that are read or assigned. */
  variables: Variable[];
  /** The variables that are assigned, with their new values. */
  assigned: { variable: Variable; value: Source }[];
  /** The slots that are left at the end. */
  left: Set<number>;
  /** Those of them that are not the new value of a variable. */
  results: number[];
}

/** Returns whether two sources are the same. */
export function sameSource(a: Source, b: Source): boolean {
  if (a.kind === 'slot') return b.kind === 'slot' && a.slot === b.slot;
  if (a.kind === 'variable') return b.kind === 'variable' && a.variable === b.variable;
  if (a.kind === 'argument') return b.kind === 'argument' && a.index === b.index;
  return b.kind === 'captured' && a.id === b.id;
}

/** Returns the sources of all inputs and of the new values of variables. */
export const sourcesOf = ({ operations, assigned }: Pick<Program, 'operations' | 'assigned'>): Source[] => [
  ...operations.flatMap(({ inputs }) => inputs),
  ...assigned.map(({ value }) => value),
];
