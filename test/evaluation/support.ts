import * as tf from '@tensorflow/tfjs-core';
import { type Random, randomStream } from 'tfjs-nonsemantic-negatives';

export type Rows = number[][];

/** A standard normal number, from two uniform ones (Box and Muller). */
export const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Reproducible rows of normal numbers. */
export function normalRows(key: string, count: number, width: number): Rows {
  const random = randomStream(key, count, width);
  return Array.from({ length: count }, () => Array.from({ length: width }, () => normal(random)));
}

export function randomLabels(key: string, count: number, classes: number): number[] {
  const random = randomStream(key, count, classes);
  return Array.from({ length: count }, () => Math.floor(random() * classes));
}

export const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

export const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

export const unit = (row: number[]) => row.map((value) => value / Math.sqrt(dot(row, row)));

export const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const featuresOf = (rows: Rows, labels: number[]) => ({
  features: tf.tensor2d(rows),
  labels: tf.tensor1d(labels, 'int32'),
});

/** Runs `run` twice and expects that the second time leaves no tensor behind. */
export async function expectNoLeak(run: () => unknown): Promise<void> {
  await run();
  const { numTensors } = tf.memory();
  await run();
  expect(tf.memory().numTensors).toBe(numTensors);
}
