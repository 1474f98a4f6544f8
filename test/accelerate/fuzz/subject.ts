import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';

/** One call that the fuzz makes, and what it should give. */
export interface Call {
  /** Shapes and attributes, enough to make the call again. */
  title: string;
  run(): tf.Tensor[];
  /** The same values in float64; a function for what takes long. It looks at the results where rounding may choose. */
  expected(results: Float32Array[]): ArrayLike<number>[];
}

/** A kind of call. */
export interface Subject {
  name: string;
  sample(random: Random): Call;
}

/** Numbers and their shape. */
export interface Values {
  values: Float32Array;
  shape: number[];
}

/** Numbers of both signs, exact in float32. */
export const values = (random: Random, size: number): Float32Array =>
  Float32Array.from({ length: size }, () => 2 * random() - 1);

export const sampleValues = (random: Random, shape: number[]): Values => ({
  values: values(random, volume(shape)),
  shape,
});

export const volume = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export const toTensor = ({ values, shape }: Values): tf.Tensor => tf.tensor(values, shape, 'float32');

/** A forward pass and all its gradients. */
export function withGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: Values[], dy: Values): tf.Tensor[] {
  const { value, grads } = tf.valueAndGrads((...xs) => f(...xs))(inputs.map(toTensor), toTensor(dy));
  return [value, ...grads];
}

/** The shape of a title. */
export const write = (value: unknown): string => JSON.stringify(value);

/** An integer from `low` to `high`, both included. */
export const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

export const oneOf = <T>(random: Random, choices: readonly T[]): T => choices[between(random, 0, choices.length - 1)];
