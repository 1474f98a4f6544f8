import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';

/** One call that the fuzz makes, and what it should give. */
export interface Call {
  /** Shapes and attributes, enough to make the call again. */
  title: string;
  run(): tf.Tensor[];
  /** The same values in float64; a function for what takes long. */
  expected(): ArrayLike<number>[];
}

/** A kind of call. */
export interface Subject {
  name: string;
  sample(random: Random): Call;
}

/** Numbers of both signs, exact in float32. */
export const values = (random: Random, size: number): Float32Array =>
  Float32Array.from({ length: size }, () => 2 * random() - 1);

export const volume = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A forward pass and all its gradients. */
export function withGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: { values: Float32Array; shape: number[] }[],
  dy: { values: Float32Array; shape: number[] },
): tf.Tensor[] {
  const tensors = inputs.map(({ values, shape }) => tf.tensor(values, shape, 'float32'));
  const { value, grads } = tf.valueAndGrads((...xs) => f(...xs))(tensors, tf.tensor(dy.values, dy.shape, 'float32'));
  return [value, ...grads];
}

/** The shape of a title. */
export const write = (value: unknown): string => JSON.stringify(value);

/** An integer from `low` to `high`, both included. */
export const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));
