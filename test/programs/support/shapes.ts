import * as tf from '@tensorflow/tfjs-core';
import { type Random, randomStream, uniform } from '../../../src/support/random';

/** Whether a point is inside a shape of radius 1. */
const shapes: ((x: number, y: number) => boolean)[] = [
  (x, y) => Math.hypot(x, y) < 0.9,
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.75,
  (x, y) => y < 0.7 && Math.abs(x) < (y + 0.9) * 0.6,
  (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.28 && Math.max(Math.abs(x), Math.abs(y)) < 0.95,
  (x, y) => Math.abs(Math.hypot(x, y) - 0.7) < 0.22,
];

export interface ShapeImages {
  /** float32 in 0 … 1, `[N, size, size, channels]`. */
  xs: tf.Tensor4D;
  /** int32 `[N]`. */
  ys: tf.Tensor1D;
}

/** Draws discs, squares, triangles, crosses and rings in random colors and stripes on random ground. */
export function drawShapes(seed: number, count: number, size: number, channels: number): ShapeImages {
  const values = new Float32Array(count * size * size * channels);
  const labels = Int32Array.from({ length: count }, (_, i) => i % shapes.length);
  for (let i = 0; i < count; i++) {
    drawShape(randomStream(seed, i), shapes[labels[i]], size, channels, values.subarray(i * size * size * channels));
  }
  return { xs: tf.tensor4d(values, [count, size, size, channels]), ys: tf.tensor1d(labels, 'int32') };
}

function drawShape(
  random: Random,
  inside: (x: number, y: number) => boolean,
  size: number,
  channels: number,
  out: Float32Array,
) {
  const [centerX, centerY] = [uniform(random, 0.34, 0.66) * size, uniform(random, 0.34, 0.66) * size];
  const radius = uniform(random, 0.2, 0.33) * size;
  const angle = uniform(random, -0.5, 0.5);
  const wave = [uniform(random, -1.5, 1.5), uniform(random, -1.5, 1.5)];
  const bright = random() < 0.5;
  const color = (light: boolean) =>
    Array.from({ length: channels }, () => uniform(random, light ? 0.55 : 0.05, light ? 0.95 : 0.45));
  const [figure, ground] = [color(bright), color(!bright)];
  const [cos, sin] = [Math.cos(angle) / radius, Math.sin(angle) / radius];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [column - centerX, row - centerY];
      const fill = inside(cos * x + sin * y, cos * y - sin * x) ? figure : ground;
      const shade = 0.15 * Math.sin(wave[0] * x + wave[1] * y) + uniform(random, -0.05, 0.05);
      for (let c = 0; c < channels; c++)
        out[(row * size + column) * channels + c] = Math.min(1, Math.max(0, fill[c] + shade));
    }
  }
}
