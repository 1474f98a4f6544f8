import { type Random, uniform } from '../../support/random';

/**
 * Draws a random height map by the diamond-square algorithm (Fournier et al. 1982) on a torus: `size` x `size` values
 * in 0 … 1, row by row, `size` a power of two. The published code's amplitudes: w² with w = 100, divided by `decay`
 * each round.
 */
export function plasma(size: number, decay: number, random: Random): Float64Array {
  const map = new Float64Array(size * size);
  const at = (y: number, x: number) => map[(y & (size - 1)) * size + (x & (size - 1))];
  let amplitude = 100 ** 2;
  for (let step = size; step >= 2; step /= 2) {
    const half = step / 2;
    const setMean = (y: number, x: number, sum: number) => {
      map[y * size + x] = sum / 4 + uniform(random, -amplitude, amplitude);
    };
    for (let y = 0; y < size; y += step) {
      for (let x = 0; x < size; x += step)
        setMean(y + half, x + half, at(y, x) + at(y, x + step) + at(y + step, x) + at(y + step, x + step));
    }
    const diamond = (y: number, x: number) =>
      setMean(y, x, at(y - half, x) + at(y + half, x) + at(y, x - half) + at(y, x + half));
    for (let y = 0; y < size; y += step) {
      for (let x = 0; x < size; x += step) {
        diamond(y, x + half);
        diamond(y + half, x);
      }
    }
    amplitude /= decay ** 2;
  }
  let [min, max] = [Infinity, -Infinity];
  for (const value of map) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return map.map((value) => (value - min) / (max - min));
}

/** Draws the upper left `height` x `width` of the smallest plasma that covers it. */
export function croppedPlasma(height: number, width: number, decay: number, random: Random): Float32Array {
  const size = 2 ** Math.max(1, Math.ceil(Math.log2(Math.max(height, width))));
  const map = plasma(size, decay, random);
  return Float32Array.from({ length: height * width }, (_, i) => map[Math.floor(i / width) * size + (i % width)]);
}
