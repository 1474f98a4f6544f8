import { backend, type DataId, type KernelBackend, setBackend } from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { readThroughBuffers } from '../../src/node/webgpuReads';

declare const BACKEND: string;
/** Of webgpuEnvironment.ts. */
declare const processGpuEvents: () => boolean;
declare const gpuErrors: string[];
/** By a name that the compiler does not follow: the package need not be installed. Its twin is @tensorflow/tfjs-node-gpu. */
const native = process.env.TFJS_NODE_PACKAGE ?? '@tensorflow/tfjs-node';

beforeAll(async () => {
  if (BACKEND === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  if (BACKEND === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  if (BACKEND === 'tensorflow') await import(native);
  if (BACKEND === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await setBackend(BACKEND))) throw new Error(`Expected the backend ${BACKEND} to start, received none.`);
  if (BACKEND === 'tensorflow') useArraysOfThisRealm(backend() as KernelBackend);
  if (BACKEND === 'webgpu') readThroughBuffers(backend() as KernelBackend, processGpuEvents);
  // As shipped, wasm lacks the gradients that training needs; the other backends are tested as they are.
  if (BACKEND === 'wasm') await accelerate();
});

if (BACKEND === 'webgpu') afterEach(() => expect(gpuErrors.splice(0)).toEqual([]));

/** The native add-on makes typed arrays of Node's own realm, for which `instanceof` is false inside jest's: saving fails. */
function useArraysOfThisRealm(kernels: KernelBackend): void {
  const classes = { Float32Array, Int32Array, Uint8Array };
  const readSync = kernels.readSync.bind(kernels);
  kernels.readSync = (dataId: DataId) => {
    const values = readSync(dataId);
    const OwnClass = classes[values?.constructor?.name as keyof typeof classes];
    return OwnClass && !(values instanceof OwnClass) ? new OwnClass(values as Float32Array) : values;
  };
}
