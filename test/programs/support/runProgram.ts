import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { imageRecall } from './imageRecall';
import type { Program } from './program';
import { drawShapes } from './shapes';
import { type Epoch, Watch } from './watch';

/** What was seen of a program; plain data, as a thread posts it. */
export interface Outcome {
  before: Epoch[];
  after: Epoch[];
  /** Recall of held-out images by the encoder's features. */
  untrained: number;
  trained: number;
}

/** Runs a program before and after. It does not seed its weights: `Math.random` of a seed makes it the same each time. */
export async function runProgram({ size, channels, before, after }: Program, seed: number): Promise<Outcome> {
  const { random } = Math;
  Math.random = randomStream('program', seed);
  const images = drawShapes(seed, 256, size, channels);
  const watches = [new Watch(), new Watch()];
  const [plain, adopted] = watches;
  try {
    await before(images, plain);
    const encoder = await after(images, adopted);
    const trained = await imageRecall(encoder);
    return { before: plain.epochs, after: adopted.epochs, untrained: adopted.untrained, trained };
  } finally {
    for (const watch of watches.reverse()) watch.close();
    Math.random = random;
    tf.dispose([images.xs, images.ys]);
  }
}
