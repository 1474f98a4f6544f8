import * as tf from '@tensorflow/tfjs-core';
import type { Call, Way } from './call';

/** What the two ways of a call take, in milliseconds, and the faster one. */
export interface Timing {
  /** By TensorFlow.js's own kernel; undefined if it was not timed. */
  stockMs?: number;
  /** By this package's. */
  acceleratedMs?: number;
  /** The faster one. */
  chosen: Way;
  /** Why TensorFlow.js's kernel is out of the question: it fails, or computes something else. */
  reason?: string;
}

/** A call of the training step, and how long it takes in either way. */
export interface KernelTiming extends Timing {
  /** What is computed, such as `Conv2DBackpropFilter` or `Relu gradient`. */
  kernel: string;
  /** What goes in, such as `x [8, 32, 32, 3], dy [8, 32, 32, 16]`. */
  shapes: string;
  /** How often a step makes this call. */
  count: number;
}

/** A measurement takes this long at least: browsers round their clock to 0.1 or 1 ms. */
const minMs = 20;
const maxLaunches = 50;
const rounds = 3;
/** The largest difference of two results, relative to the largest value, that rounding explains. */
const tolerance = 1e-3;

/** Times both ways of a call in turns, unless they disagree. */
export async function measure(call: Call): Promise<Timing> {
  const reason = await differ(call);
  if (reason) return { chosen: 'accelerated', reason };
  // The comparison has compiled both.
  const once = Math.max(await time(call, 'stock', 1), await time(call, 'accelerated', 1));
  const launches = Math.min(maxLaunches, Math.ceil(minMs / once));
  const best = { stock: Number.POSITIVE_INFINITY, accelerated: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round++)
    for (const way of ['stock', 'accelerated'] as const)
      best[way] = Math.min(best[way], await time(call, way, launches));
  const chosen = best.stock < best.accelerated ? 'stock' : 'accelerated';
  return { stockMs: best.stock, acceleratedMs: best.accelerated, chosen };
}

/** Milliseconds of one of `launches` runs, until a value of the last can be read: then all of them are done. */
async function time({ run, tensors }: Call, way: Way, launches: number): Promise<number> {
  const start = performance.now();
  for (let i = 1; i < launches; i++) tf.tidy(() => void run(way, tensors));
  await read(tf.tidy(() => first(run(way, tensors)[0])));
  return (performance.now() - start) / launches;
}

/** Says why the results of the two ways differ; undefined if they are the same. */
async function differ({ run, tensors }: Call): Promise<string | undefined> {
  let ratios: tf.Tensor;
  try {
    ratios = tf.tidy(() => {
      const [stock, accelerated] = [run('stock', tensors), run('accelerated', tensors)];
      return tf.stack(
        stock.map((x, i) => relativeDifference(tf.cast(x, 'float32'), tf.cast(accelerated[i], 'float32'))),
      );
    });
  } catch (error) {
    return `stock fails: ${(error as Error).message}`;
  }
  const values = await ratios.data();
  ratios.dispose();
  return values.every((ratio) => ratio <= tolerance) ? undefined : 'results differ';
}

const relativeDifference = (a: tf.Tensor, b: tf.Tensor) =>
  tf.div(tf.max(tf.abs(tf.sub(a, b))), tf.maximum(tf.max(tf.abs(b)), 1e-30));

const first = (x: tf.Tensor) => tf.slice(tf.reshape(x, [x.size]), 0, 1);

async function read(x: tf.Tensor): Promise<void> {
  await x.data();
  x.dispose();
}
