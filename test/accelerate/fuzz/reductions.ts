import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, type Subject, values, volume, withGradients, write } from './subject';

const sampleShape = (random: Random, maxRank: number, maxSide: number, minRank = 1) =>
  Array.from({ length: between(random, minRank, maxRank) }, () => between(random, 1, maxSide));

/** Sums and means over any axes, kept or not, of floats, integers and truth values. */
const reductions: Subject[] = [
  { name: 'sum', reduce: tf.sum },
  { name: 'mean', reduce: tf.mean },
].map(({ name, reduce }) => ({
  name,
  sample(random) {
    const shape = sampleShape(random, 5, 7);
    const axes = shape.map((_, axis) => axis).filter(() => random() < 0.5);
    const keepDims = random() < 0.5;
    const dtype = random() < 0.6 ? 'float32' : random() < 0.5 ? 'int32' : 'bool';
    const numbers = values(random, volume(shape)).map((value) =>
      dtype === 'float32' ? 10 * value : dtype === 'int32' ? Math.round(9 * value) : value > 0 ? 1 : 0,
    );
    const axis = axes.length === 0 ? undefined : axes.map((each) => (random() < 0.3 ? each - shape.length : each));
    const reduced = axes.length === 0 ? shape.map((_, each) => each) : axes;
    const count = volume(reduced.map((each) => shape[each]));
    return {
      title: write({ shape, axis, keepDims, dtype }),
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
    const [x, dy] = [values(random, volume(shape)).map((value) => scale * value), values(random, volume(shape))];
    return {
      title: write({ shape, scale }),
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

/** Rows taken by number, along any axis, and the gradient that adds up those taken twice. */
const gather: Subject = {
  name: 'gather',
  sample(random) {
    const shape = sampleShape(random, 4, 6);
    const axis = between(random, 0, shape.length - 1);
    const indexShape = sampleShape(random, 2, 6, 1);
    const taken = Int32Array.from({ length: volume(indexShape) }, () => between(random, 0, shape[axis] - 1));
    const [before, after] = [volume(shape.slice(0, axis)), volume(shape.slice(axis + 1))];
    const yShape = [...shape.slice(0, axis), ...indexShape, ...shape.slice(axis + 1)];
    const [x, dy] = [shape, yShape].map((each) => values(random, volume(each)));
    return {
      title: write({ shape, axis, indexShape }),
      run: () =>
        withGradients((x) => tf.gather(x, tf.tensor(taken, indexShape, 'int32'), axis), [{ values: x, shape }], {
          values: dy,
          shape: yShape,
        }),
      expected() {
        const [y, dx] = [new Float64Array(dy.length), new Float64Array(x.length)];
        for (let i = 0; i < before; i++)
          taken.forEach((row, j) => {
            for (let k = 0; k < after; k++) {
              const [from, to] = [(i * shape[axis] + row) * after + k, (i * taken.length + j) * after + k];
              y[to] = x[from];
              dx[from] += dy[to];
            }
          });
        return [y, dx];
      },
    };
  },
};

/** Batch normalization with given statistics, over all axes but the last, and all five gradients. */
const batchNorm: Subject = {
  name: 'batch normalization',
  sample(random) {
    const shape = sampleShape(random, 4, 6, 2);
    const channels = shape[shape.length - 1];
    const epsilon = [1e-3, 1e-5, 1e-2][between(random, 0, 2)];
    const [x, dy] = [values(random, volume(shape)), values(random, volume(shape))];
    const [mean, spread, offset, scale] = [0, 1, 2, 3].map(() => values(random, channels));
    const variance = spread.map((value) => Math.abs(value) + 0.05);
    return {
      title: write({ shape, epsilon }),
      run: () =>
        withGradients(
          (x, mean, variance, offset, scale) =>
            tf.batchNorm(
              x,
              mean as tf.Tensor1D,
              variance as tf.Tensor1D,
              offset as tf.Tensor1D,
              scale as tf.Tensor1D,
              epsilon,
            ),
          [
            { values: x, shape },
            ...[mean, variance, offset, scale].map((each) => ({ values: each, shape: [channels] })),
          ],
          { values: dy, shape },
        ),
      expected() {
        const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
        const [dMean, dVariance, dOffset, dScale] = [0, 1, 2, 3].map(() => new Float64Array(channels));
        x.forEach((value, i) => {
          const c = i % channels;
          const r = 1 / Math.sqrt(variance[c] + epsilon);
          y[i] = (value - mean[c]) * r * scale[c] + offset[c];
          dx[i] = dy[i] * r * scale[c];
          dMean[c] -= dy[i] * r * scale[c];
          dVariance[c] -= (dy[i] * (value - mean[c]) * scale[c] * r ** 3) / 2;
          dOffset[c] += dy[i];
          dScale[c] += dy[i] * (value - mean[c]) * r;
        });
        return [y, dx, dMean, dVariance, dOffset, dScale];
      },
    };
  },
};

export const rowwise: Subject[] = [...reductions, softmax, gather, batchNorm];
