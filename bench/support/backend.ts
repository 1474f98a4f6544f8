import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

/** tfjs's names of its backends, with tfjs-node-gpu apart from tfjs-node. */
export type Backend = 'tfjs-node' | 'tfjs-node-gpu' | 'wasm' | 'cpu';

// Names that the compiler does not follow: a package need not be installed.
const packages: Record<Backend, [packageName: string, backend: string]> = {
  'tfjs-node': ['@tensorflow/tfjs-node', 'tensorflow'],
  'tfjs-node-gpu': ['@tensorflow/tfjs-node-gpu', 'tensorflow'],
  wasm: ['@tensorflow/tfjs-backend-wasm', 'wasm'],
  cpu: ['@tensorflow/tfjs-backend-cpu', 'cpu'],
};

/** Whether a package is installed. */
export function isInstalled(packageName: string): boolean {
  try {
    import.meta.resolve(packageName);
    return true;
  } catch {
    return false;
  }
}

export const hasBackend = (backend: Backend): boolean => isInstalled(packages[backend][0]);

/** Loads and sets a backend, as shipped or accelerated. */
export async function startBackend(backend: Backend, accelerated: boolean): Promise<void> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  const [packageName, name] = packages[backend];
  await import(packageName);
  if (!(await tf.setBackend(name)))
    throw new Error(`Expected the backend ${name} to start, received ${tf.getBackend()} instead.`);
  if (accelerated) await accelerate();
}
