import * as tf from '@tensorflow/tfjs-core';
import { conv2dBackpropFilter } from './kernels/conv2dBackpropFilter';
import { depthwiseConv2dBackpropFilter } from './kernels/depthwiseConv2dBackpropFilter';
import { depthwiseConv2dBackpropInput } from './kernels/depthwiseConv2dBackpropInput';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum';
import { type Replacement, replaceKernel } from './registry';

/** What `accelerate` did. */
export interface Acceleration {
  /** The backend that was current. */
  backend: string;
  /** Names of the kernels and gradients that it now has another implementation of, or one at all. */
  replaced: string[];
  /** Puts back exactly what was there before. */
  restore(): void;
}

/** What each backend lacks (wasm), or does slowly. */
const replacements: Record<string, Replacement[]> = {
  cpu: [replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter)],
  wasm: [
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => depthwiseConv2dBackpropFilter),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, () => depthwiseConv2dBackpropInput),
    replaceKernel(tf.UnsortedSegmentSum, () => unsortedSegmentSum),
  ],
};

const active = new Map<string, Acceleration>();

/**
 * Gives the current backend the training kernels that it lacks or does slowly; results stay the same up to float32
 * rounding. A second call changes nothing more and resolves to the same; a backend for which there is nothing to do is
 * left alone (`replaced` is empty).
 */
export async function accelerate(): Promise<Acceleration> {
  await tf.ready();
  const backend = tf.getBackend();
  const before = active.get(backend);
  if (before) return before;

  const plan = replacements[backend] ?? [];
  const undo = plan.map((replacement) => replacement.install(backend));
  const acceleration: Acceleration = {
    backend,
    replaced: plan.map(({ name }) => name),
    restore() {
      if (active.get(backend) !== acceleration) return;
      active.delete(backend);
      for (const step of undo.reverse()) step();
    },
  };
  active.set(backend, acceleration);
  return acceleration;
}
