import * as tf from '@tensorflow/tfjs-core';

/** The nearest 16-bit float: 11 significant bits, 2^-14 … 65504, subnormal numbers flushed to 0, as many devices do. */
export function toHalf(x: number): number {
  const size = Math.abs(x);
  if (!(size > 0) || size === Number.POSITIVE_INFINITY) return x;
  if (size < 2 ** -14) return 0;
  const unit = 2 ** (Math.floor(Math.log2(size)) - 10);
  const rounded = Math.round(x / unit) * unit;
  return Math.abs(rounded) > 65504 ? Math.sign(x) * Number.POSITIVE_INFINITY : rounded;
}

/** Runs `f` on the cpu backend with every float, of inputs, constants and results, kept in 16 bits. */
export function inHalfPrecision<T>(f: () => T): T {
  const backend = tf.backend() as tf.KernelBackend;
  const { write, floatPrecision } = backend;
  backend.floatPrecision = () => 16;
  backend.write = (values, shape, dtype) => {
    const half = dtype === 'float32' && values ? Float32Array.from(values as Float32Array, toHalf) : values;
    return write.call(backend, half, shape, dtype);
  };
  try {
    return f();
  } finally {
    Object.assign(backend, { write, floatPrecision });
  }
}
