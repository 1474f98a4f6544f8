import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, oneOf, type Subject, values, volume, withGradients, write } from './subject';

/** A batch of matrices as it lies in memory. */
interface Matrices {
  shape: number[];
  isTransposed: boolean;
}

const strideOf = (shape: readonly number[], axis: number) => volume(shape.slice(axis + 1));

/** The flat place of row i, column j of the matrix that stands for a batch index of the result. */
function place({ shape, isTransposed }: Matrices, batch: readonly number[], i: number, j: number): number {
  const [row, column] = isTransposed ? [j, i] : [i, j];
  const [rows, columns] = shape.slice(-2);
  const own = shape.slice(0, -2);
  // Axes of size 1 are repeated, and leading axes that are not there.
  const start = own.reduce((sum, size, axis) => {
    const index = batch[batch.length - own.length + axis];
    return sum + (size === 1 ? 0 : index) * strideOf(own, axis);
  }, 0);
  return start * rows * columns + row * columns + column;
}

/** The smallest size of an axis. */
const emptyAtTimes = (random: Random) => (random() < 0.03 ? 0 : 1);

function sampleBatches(random: Random): [number[], number[]] {
  const rank = between(random, 0, 3);
  const batch = Array.from({ length: rank }, () => between(random, emptyAtTimes(random), 3));
  const kind = between(random, 0, 3);
  if (kind < 2) return [batch, batch];
  const thinned = batch.map((size) => (random() < 0.5 ? 1 : size)).slice(kind === 3 ? between(random, 0, rank) : 0);
  return random() < 0.5 ? [batch, thinned] : [thinned, batch];
}

function* indices(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) return yield [];
  for (let i = 0; i < shape[0]; i++) for (const rest of indices(shape.slice(1))) yield [i, ...rest];
}

/** Products of batches of matrices of any rank, transposed or not, repeated along axes of size 1. */
const matMul: Subject = {
  name: 'product of matrices',
  sample(random) {
    const [batchA, batchB] = sampleBatches(random);
    const side = () => (random() < 0.2 ? between(random, 60, 140) : between(random, emptyAtTimes(random), 9));
    const [rows, length, columns] = [side(), side(), side()];
    const [transposeA, transposeB] = [random() < 0.4, random() < 0.4];
    const a = { shape: [...batchA, ...(transposeA ? [length, rows] : [rows, length])], isTransposed: transposeA };
    const b = { shape: [...batchB, ...(transposeB ? [columns, length] : [length, columns])], isTransposed: transposeB };
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
    const yShape = [...batch, rows, columns];
    const dtype = random() < 0.15 ? 'int32' : 'float32';
    const [as, bs, dys] = [a.shape, b.shape, yShape].map((shape) => {
      const numbers = values(random, volume(shape));
      return dtype === 'int32' ? numbers.map((value) => Math.round(9 * value)) : numbers;
    });
    // tfjs sums no gradient over axes that were repeated, on any backend.
    const isForward = dtype === 'int32' || String(batchA) !== String(batchB);
    const f = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, transposeA, transposeB);
    const inputs = [
      { values: as, shape: a.shape },
      { values: bs, shape: b.shape },
    ];
    return {
      title: write({ a, b, dtype }),
      run: () =>
        isForward
          ? [f(tf.tensor(as, a.shape, dtype), tf.tensor(bs, b.shape, dtype))]
          : withGradients(f, inputs, { values: dys, shape: yShape }),
      expected() {
        const [y, da, db] = [dys, as, bs].map(({ length }) => new Float64Array(length));
        let k = 0;
        for (const index of indices(batch))
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < columns; j++, k++)
              for (let l = 0; l < length; l++) {
                const [left, right] = [place(a, index, i, l), place(b, index, l, j)];
                y[k] += as[left] * bs[right];
                da[left] += dys[k] * bs[right];
                db[right] += dys[k] * as[left];
              }
        return isForward ? [y] : [y, da, db];
      },
    };
  },
};

/** Axes in any order. */
const transpose: Subject = {
  name: 'transpose',
  sample(random) {
    const rank = between(random, 1, 8);
    const shape = Array.from({ length: rank }, () => between(random, emptyAtTimes(random), rank > 5 ? 3 : 6));
    const perm = shape.map((_, axis) => axis).sort(() => random() - 0.5);
    const x = values(random, volume(shape));
    const dtype = oneOf(random, ['float32', 'float32', 'int32', 'bool'] as const);
    const numbers =
      dtype === 'float32' ? x : x.map((value) => (dtype === 'bool' ? Number(value > 0) : Math.round(99 * value)));
    return {
      title: write({ shape, perm, dtype }),
      run: () => [tf.transpose(tf.tensor(numbers, shape, dtype), perm)],
      expected() {
        const turned = perm.map((axis) => shape[axis]);
        return [
          Array.from(indices(turned), (index) => {
            const place = index.reduce((sum, i, axis) => sum + i * strideOf(shape, perm[axis]), 0);
            return numbers[place];
          }),
        ];
      },
    };
  },
};

export const products: Subject[] = [matMul, transpose];
