import type { Option } from './values';

/** Handed to a call on purpose whether it fits or not, and so of a type that the compiler lets through everywhere. */
export interface Inputs {
  [name: string]: never;
}

export interface Input {
  /** A good value, made anew; the caller frees it. */
  make(): unknown;
  /** The shape of a good tensor, where the input is one: it is then tried with tensors of all kinds. */
  shape?: number[];
  /** Values that are refused, made anew. @default what is no tensor */
  bad?: readonly (() => unknown)[];
  /** Whether leaving it out is fine. */
  optional?: boolean;
}

/** A public name with what it takes, and one way to use it. */
export interface Subject {
  /** The exported name; what follows a dot is a method of what it makes. */
  name: string;
  inputs: { [name: string]: Input };
  options: { [name: string]: Option };
  /** Options without which there is no call. */
  required?: readonly string[];
  /** Calls it and all that it makes, frees what a user would, and returns a result for `free`. */
  call(inputs: Inputs, options: never): unknown;
  /** Whether a good result is one; called before it is freed. */
  check?(result: never, inputs: Inputs): void;
  /** Too much work to be called often: only the long run calls it with good values. */
  heavy?: boolean;
}

/** Good values of the required options, the first of each. */
export function requiredOptions({ options, required = [] }: Subject): { [name: string]: unknown } {
  return Object.fromEntries(required.map((name) => [name, options[name].good[0]]));
}

/** Good inputs, but for those that are made otherwise. */
export function makeInputs({ inputs }: Subject, others: { [name: string]: () => unknown } = {}): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { make }]) => [name, (others[name] ?? make)() as never]),
  );
}
