import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, oneOf, type Subject, values, volume, withGradients, write } from './subject';

export const sampleShape = (random: Random, maxRank: number, maxSide: number, minRank = 1) =>
  Array.from({ length: between(random, minRank, maxRank) }, () => between(random, random() < 0.02 ? 0 : 1, maxSide));

/** Scale and offset of the numbers, and what is among them. */
const contents: [scale: number, offset: number, rare: number][] = [
  [10, 0, 0],
  [10, 0, -0],
  [1, 100, 0],
  [10, 0, Number.POSITIVE_INFINITY],
  [10, 0, Number.NEGATIVE_INFINITY],
  [10, 0, Number.NaN],
  [1e30, 0, 0],
];

/** Sums and means over any axes, kept or not, of floats, integers and truth values. */
const reductions: Subject[] = [
  { name: 'sum', reduce: tf.sum },
  { name: 'mean', reduce: tf.mean },
].map(({ name, reduce }) => ({
  name,
  sample(random) {
    const shape = random() < 0.9 ? sampleShape(random, 6, 7) : [between(random, 500, 3000), between(random, 1, 20)];
    const axes = shape.map((_, axis) => axis).filter(() => random() < 0.5);
    const keepDims = random() < 0.5;
    const dtype = random() < 0.6 ? 'float32' : random() < 0.5 ? 'int32' : 'bool';
    // Offsets, and numbers whose sum is infinite, or is not a number.
    const [scale, offset, rare] = oneOf(random, contents);
    const numbers = values(random, volume(shape)).map((value) => {
      if (dtype !== 'float32') return dtype === 'int32' ? Math.round(9 * value) : Number(value > 0);
      return random() < 0.02 ? rare : scale * value + offset;
    });
    const axis = axes.length === 0 ? undefined : axes.map((each) => (random() < 0.3 ? each - shape.length : each));
    const reduced = axes.length === 0 ? shape.map((_, each) => each) : axes;
    const count = volume(reduced.map((each) => shape[each]));
    return {
      title: write({ shape, axis, keepDims, dtype, scale, offset, rare: String(rare) }),
      run: () => [reduce(tf.tensor(numbers, shape, dtype), axis, keepDims)],
      expected() {
        const kept = shape.map((size, each) => (reduced.includes(each) ? 1 : size));
        const sums = new Float64Array(volume(kept));
        numbers.forEach((value, index) => {
          let place = 0;
          shape.forEach((size, each) => {
            const coordinate = Math.floor(index / volume(shape.slice(each + 1))) % size;
            if (!reduced.includes(each)) place += coordinate * volume(kept.slice(each + 1));
          });
          sums[place] += value;
        });
        return [name === 'sum' ? sums : sums.map((sum) => sum / count)];
      },
    };
  },
}));

/** Softmax over the last axis and its gradient, with large and equal values. */
const softmax: Subject = {
  name: 'softmax',
  sample(random) {
    const shape = sampleShape(random, 5, 9);
    const width = shape[shape.length - 1];
    const scale = [1, 1, 20, 80][between(random, 0, 3)];
    const rare = oneOf(random, [0, 0, 3e38, Number.NEGATIVE_INFINITY, Number.NaN]);
    const dy = values(random, volume(shape));
    const x = dy.map(() => (random() < 0.05 ? rare : scale * (2 * random() - 1)));
    return {
      title: write({ shape, scale, rare: String(rare) }),
      run: () => withGradients((x) => tf.softmax(x), [{ values: x, shape }], { values: dy, shape }),
      expected() {
        const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
        for (let start = 0; start < x.length; start += width) {
          const row = x.slice(start, start + width);
          const max = row.reduce((a, b) => Math.max(a, b));
          const sum = row.reduce((sum, value) => sum + Math.exp(value - max), 0);
          row.forEach((value, i) => {
            y[start + i] = Math.exp(value - max) / sum;
          });
          let dot = 0;
          for (let i = start; i < start + width; i++) dot += y[i] * dy[i];
          for (let i = start; i < start + width; i++) dx[i] = y[i] * (dy[i] - dot);
        }
        return [y, dx];
      },
    };
  },
};

export const rowwise: Subject[] = [...reductions, softmax];
