import { setBackend } from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

declare const BACKEND: string;

beforeAll(async () => {
  if (BACKEND === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  if (BACKEND === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  if (BACKEND === 'tensorflow') await import('@tensorflow/tfjs-node');
  if (!(await setBackend(BACKEND))) throw new Error(`Expected the backend ${BACKEND}, which did not start.`);
  // As shipped, wasm lacks the gradients that training needs; the other backends are tested as they are.
  if (BACKEND === 'wasm') await accelerate();
});
