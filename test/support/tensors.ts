import * as tf from '@tensorflow/tfjs-core';

/** The largest absolute difference of two tensors or lists of numbers. */
export function maxDifference(a: tf.Tensor | number[] | ArrayLike<number>, b: typeof a): number {
  const x = a instanceof tf.Tensor ? a.dataSync() : a;
  const y = b instanceof tf.Tensor ? b.dataSync() : b;
  if (x.length !== y.length) return Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = Math.abs(x[i] - y[i]);
    if (!(difference <= max)) max = difference;
  }
  return max;
}

/** Runs `f` twice to warm up, then again, and returns how many tensors more there are. */
export function leakOf(f: () => void): number {
  f();
  f();
  const before = tf.memory().numTensors;
  f();
  return tf.memory().numTensors - before;
}

/** Numbers that look random and are the same everywhere. */
export function waves(size: number, scale = 1, phase = 0): number[] {
  return Array.from({ length: size }, (_, i) => scale * Math.sin(1.7 * i * i + 0.3 * i + phase));
}

/** The bytes of a tensor, to compare exactly. */
export function bytesOf(x: tf.Tensor): string {
  const data = x.dataSync();
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Counts the kernels that run within `f`. */
export function countKernels(f: () => void): number {
  let count = 0;
  afterEachKernel(() => count++, f);
  return count;
}

/** How many tensors more than before `f` are alive at the worst moment within it. */
export function peakTensors(f: () => void): number {
  const before = tf.memory().numTensors;
  let peak = before;
  afterEachKernel(() => {
    peak = Math.max(peak, tf.memory().numTensors);
  }, f);
  return peak - before;
}

function afterEachKernel(visit: () => void, f: () => void): void {
  const engine = tf.engine();
  const original = engine.runKernel;
  engine.runKernel = function (this: typeof engine, ...args: Parameters<typeof original>) {
    const result = original.apply(this, args);
    visit();
    return result;
  } as typeof original;
  try {
    f();
  } finally {
    engine.runKernel = original;
  }
}

/** Counts the reads of the device within `f`. */
export function countReads(f: () => void): number {
  const backend = tf.backend() as tf.KernelBackend;
  const spies = [jest.spyOn(backend, 'read'), jest.spyOn(backend, 'readSync')];
  try {
    f();
    return spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
