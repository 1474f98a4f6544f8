import * as tf from '@tensorflow/tfjs-core';

/**
 * Tells whether the current backend computes in 16-bit floats, whose squares overflow from 256 on.
 *
 * On WebGL the flag decides: `floatPrecision()` of tfjs 4.22 answers 16 on 32-bit devices too, and reads to do so.
 */
export function hasHalfFloats(): boolean {
  if (tf.getBackend() === 'webgl') return !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  return (tf.backend() as tf.KernelBackend).floatPrecision() === 16;
}
