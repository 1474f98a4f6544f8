import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { sampleShape } from './reductions';
import { between, type Subject, sampleValues, toTensor, volume, withGradients, write } from './subject';

/** The shape of row numbers: none, one, or a table of them, which may be empty. */
const sampleIndexShape = (random: Random) => (random() < 0.1 ? [] : sampleShape(random, 2, 6));

/** Rows taken by number, along any axis, and the gradient that adds up those taken twice. */
const gather: Subject = {
  name: 'gather',
  sample(random) {
    const shape = sampleShape(random, 5, 6).map((size) => size || 1);
    const axis = between(random, 0, shape.length - 1);
    const indexShape = sampleIndexShape(random);
    const taken = Int32Array.from({ length: volume(indexShape) }, () => between(random, 0, shape[axis] - 1));
    const [before, after] = [volume(shape.slice(0, axis)), volume(shape.slice(axis + 1))];
    const x = sampleValues(random, shape);
    const dy = sampleValues(random, [...shape.slice(0, axis), ...indexShape, ...shape.slice(axis + 1)]);
    return {
      title: write({ shape, axis, indexShape }),
      run: () => withGradients((x) => tf.gather(x, tf.tensor(taken, indexShape, 'int32'), axis), [x], dy),
      expected() {
        const [y, dx] = [new Float64Array(dy.values.length), new Float64Array(x.values.length)];
        for (let i = 0; i < before; i++)
          taken.forEach((row, j) => {
            for (let k = 0; k < after; k++) {
              const [from, to] = [(i * shape[axis] + row) * after + k, (i * taken.length + j) * after + k];
              y[to] = x.values[from];
              dx[from] += dy.values[to];
            }
          });
        return [y, dx];
      },
    };
  },
};

/** Sums of rows by segment, of floats and integers; a row of no segment, below 0 or too large, is left out. */
const segmentSum: Subject = {
  name: 'sum of segments',
  sample(random) {
    const idShape = sampleShape(random, 1, 30);
    const rowShape = sampleShape(random, 3, 5, 0);
    const numSegments = between(random, 1, 6);
    const isSure = random() < 0.6;
    const last = isSure ? numSegments - 1 : numSegments + 1;
    const ids = Int32Array.from({ length: volume(idShape) }, () => between(random, -1, last));
    const isInteger = random() < 0.3;
    const x = sampleValues(random, [...idShape, ...rowShape]);
    if (isInteger) x.values = x.values.map((value) => Math.round(9 * value));
    const dy = sampleValues(random, [numSegments, ...rowShape]);
    const f = (x: tf.Tensor) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), numSegments);
    const size = volume(rowShape);
    // tfjs's gradient gathers rows, beyond the last one too.
    const hasGradient = isSure && !isInteger;
    return {
      title: write({ idShape, rowShape, numSegments, isSure, isInteger }),
      run: () =>
        hasGradient ? withGradients(f, [x], dy) : [f(isInteger ? tf.cast(toTensor(x), 'int32') : toTensor(x))],
      expected() {
        const [y, dx] = [new Float64Array(dy.values.length), new Float64Array(x.values.length)];
        ids.forEach((id, row) => {
          if (id < 0 || id >= numSegments) return;
          for (let k = 0; k < size; k++) {
            y[id * size + k] += x.values[row * size + k];
            dx[row * size + k] = dy.values[id * size + k];
          }
        });
        return hasGradient ? [y, dx] : [y];
      },
    };
  },
};

export const gathering: Subject[] = [gather, segmentSum];
