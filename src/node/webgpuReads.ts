import type { DataId, KernelBackend, TypedArray } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';

/** What of TensorFlow.js's WebGPU backend a read needs. */
interface WebGpuBackend extends KernelBackend {
  tensorMap: { get(id: DataId): { values?: TypedArray; dtype: string; resource?: GpuBuffer } };
  bufferManager: { acquireBuffer(size: number, usage: number): GpuBuffer; releaseBuffer(buffer: GpuBuffer): void };
  commandEncoder: {
    copyBufferToBuffer(from: GpuBuffer, offset: number, to: GpuBuffer, toOffset: number, size: number): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(id: DataId, values: TypedArray): TypedArray;
}

/** What of WebGPU's own buffers a read needs. */
interface GpuBuffer {
  size: number;
  mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

// `GPUBufferUsage` and `GPUMapMode`, which are globals only once Dawn is loaded.
const mapRead = 1;
const copyDestination = 8;
const modeRead = 1;

/** Calls `setImmediate`'s callback before its time. */
type Handler = () => void;
const pending = new Set<Handler>();
let isTracking = false;

/**
 * Keeps hold of the callbacks by which Dawn asks Node to process its events, native functions without a name, so that
 * `processEvents` can call them within a synchronous read. Must come before Dawn's first event.
 */
export function trackEvents(): void {
  if (isTracking) return;
  isTracking = true;
  const { setImmediate: stock } = globalThis;
  const tracked = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    if (callback.name !== '' || !/\[native code\]/.test(Function.prototype.toString.call(callback)))
      return stock(callback, ...args);
    const run = () => {
      pending.delete(early);
      callback(...args);
    };
    const handle = stock(run);
    const early = () => {
      clearImmediate(handle);
      run();
    };
    pending.add(early);
    return handle;
  };
  // util.promisify(setImmediate) reads a property of it.
  Object.defineProperties(tracked, Object.getOwnPropertyDescriptors(stock));
  globalThis.setImmediate = tracked as typeof setImmediate;
}

/** Lets Dawn process its events; false if it waits for none. */
export function processEvents(): boolean {
  const handlers = [...pending];
  for (const handler of handlers) handler();
  return handlers.length > 0;
}

/**
 * Makes `dataSync` work without a canvas, which Node does not have: it copies the tensor into a buffer and processes
 * Dawn's events until that is readable.
 */
export function readThroughBuffers(kernels: KernelBackend, process: () => boolean = processEvents): void {
  const backend = kernels as WebGpuBackend;
  const stock = backend.readSync.bind(backend);
  backend.readSync = (id: DataId) => {
    const { values, resource, dtype } = backend.tensorMap.get(id);
    if (values || !resource || dtype === 'complex64') return stock(id);
    const staging = backend.bufferManager.acquireBuffer(resource.size, mapRead | copyDestination);
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder.copyBufferToBuffer(resource, 0, staging, 0, resource.size);
    backend.submitQueue();
    staging.mapAsync(modeRead).catch(() => {}); // Its failure shows in the state.
    while (staging.mapState === 'pending' && process()) {}
    if (staging.mapState !== 'mapped') throw new Error('The WebGPU device was lost: a tensor could not be read.');
    const bytes = staging.getMappedRange().slice(0);
    staging.unmap();
    backend.bufferManager.releaseBuffer(staging);
    const read = util.convertBackendValuesAndArrayBuffer(bytes, dtype as 'float32') as TypedArray;
    return backend.convertAndCacheOnCPU(id, read);
  };
}
