import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';

/** A saved encoder's SHA-256, of its layers and weights: two that differ in a bit have different ones. */
export async function hashEncoder(dir: string): Promise<string> {
  const { modelTopology, weightData } = await fileSystem(dir).load!();
  const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
  return createHash('sha256').update(JSON.stringify(modelTopology)).update(weights).digest('hex');
}
