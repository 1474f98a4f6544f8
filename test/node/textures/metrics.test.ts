import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { measureTexture } from '../../../bench/textures/metrics';

/** A smooth colored image of 64 pixels, and one of noise. */
function pictures(): { smooth: tf.Tensor3D; noise: tf.Tensor3D } {
  const random = randomStream('pictures');
  const smooth = Array.from({ length: 64 * 64 * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 192), Math.floor(i / 3) % 64, i % 3];
    return 0.5 + 0.2 * Math.sin(x / 9 + c) + 0.2 * Math.cos((y + 2 * x) / 13 - c);
  });
  return {
    smooth: tf.tensor3d(smooth, [64, 64, 3]),
    noise: tf.tensor3d(
      smooth.map(() => random()),
      [64, 64, 3],
    ),
  };
}

describe('measureTexture', () => {
  test('finds an exemplar whole in itself', () => {
    const { smooth } = pictures();
    const { swd, gram, nn, copy, keep32, keep64 } = measureTexture([smooth], smooth);
    expect(swd).toBeLessThan(1e-3);
    expect(gram).toBeLessThan(1e-5);
    expect(nn).toBeLessThan(0.2);
    expect(copy).toBe(1);
    expect(keep32).toBeCloseTo(1, 3);
    expect(keep64).toBeCloseTo(1, 3);
  });

  test('finds little of an exemplar in noise', () => {
    const { smooth, noise } = pictures();
    const { swd, gram, nn, copy, keep64 } = measureTexture([smooth], noise);
    expect(swd).toBeGreaterThan(10);
    expect(gram).toBeGreaterThan(0.1);
    expect(nn).toBeGreaterThan(30);
    expect(copy).toBeLessThan(0.1);
    expect(keep64).toBeLessThan(0.5);
  });

  test('finds nothing of an exemplar in a bright area without structure', () => {
    const { smooth } = pictures();
    // Without a floor under the variance, its rounding errors make correlations far above 1.
    const flat = tf.sub(0.98, tf.mul(smooth, 1e-4)) as tf.Tensor3D;
    const { keep32, keep64 } = measureTexture([smooth], flat);
    expect(Math.abs(keep32)).toBeLessThan(0.05);
    expect(Math.abs(keep64)).toBeLessThan(0.05);
  });
});
