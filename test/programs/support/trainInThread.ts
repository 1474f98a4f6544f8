import { parentPort, workerData } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import '@tensorflow/tfjs-backend-wasm';
import { layersOnly } from '../layersOnly';
import { runProgram } from './runProgram';

/** Runs the program of tfjs-core and tfjs-layers in this thread, on wasm, and posts what came of it. */
export async function trainInThread(): Promise<void> {
  await tf.setBackend('wasm');
  await accelerate();
  const outcome = await runProgram(layersOnly, workerData.seed);
  const union = Object.keys(require.cache).filter((path) => /@tensorflow[\\/]tfjs[\\/]/.test(path));
  parentPort?.postMessage({ outcome, union });
}
