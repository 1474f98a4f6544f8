import * as tf from '@tensorflow/tfjs-core';
import { embeddingStd } from 'tfjs-nonsemantic-negatives';
import { alignment, effectiveRank, uniformity } from 'tfjs-nonsemantic-negatives/evaluation';
import { cosine, dot, expectNoLeak, mean, normalRows, unit } from '../evaluation/support';
import { simulated, withHalfFloats } from '../support/halfFloats';

const x = normalRows('x', 14, 6);
const y = normalRows('y', 14, 6);
const squaredDistance = (a: number[], b: number[]) =>
  unit(a).reduce((sum, value, i) => sum + (value - unit(b)[i]) ** 2, 0);

describe('embeddingStd', () => {
  test('agrees with plain loops', async () => {
    const rows = x.map(unit);
    const stds = rows[0].map((_, d) => {
      const column = rows.map((row) => row[d]);
      return Math.sqrt(mean(column.map((value) => (value - mean(column)) ** 2)));
    });
    expect(await embeddingStd(tf.tensor2d(x))).toBeCloseTo(mean(stds), 6);
  });

  test('is about 1/√D on the whole sphere and 0 in one point', async () => {
    const spread = await embeddingStd(tf.tensor2d(normalRows('sphere', 2000, 16)));
    expect(spread).toBeGreaterThan(0.245);
    expect(spread).toBeLessThan(0.2501);
    const collapsed = normalRows('rays', 9, 1).map(([length]) => [3, 4].map((v) => v * (1 + length ** 2)));
    expect(await embeddingStd(tf.tensor2d(collapsed))).toBeLessThan(1e-3);
  });
});

describe('alignment', () => {
  test.each([1, 2, 3])('agrees with plain loops at alpha %i', async (alpha) => {
    const expected = mean(x.map((row, i) => squaredDistance(row, y[i]) ** (alpha / 2)));
    expect(await alignment(tf.tensor2d(x), tf.tensor2d(y), { alpha })).toBeCloseTo(expected, 5);
  });

  test('is 2 - 2 cos by default, 0 for equal pairs, 4 for opposite ones', async () => {
    const expected = mean(x.map((row, i) => 2 - 2 * cosine(row, y[i])));
    expect(await alignment(tf.tensor2d(x), tf.tensor2d(y))).toBeCloseTo(expected, 5);
    expect(await alignment(tf.tensor2d(x), tf.mul(tf.tensor2d(x), 2))).toBeCloseTo(0, 5);
    expect(await alignment(tf.tensor2d(x), tf.neg(tf.tensor2d(x)))).toBeCloseTo(4, 5);
  });
});

describe('uniformity', () => {
  const slow = (t: number) => {
    const potentials = x.flatMap((a, i) =>
      x.flatMap((b, j) => (i === j ? [] : [Math.exp(-t * squaredDistance(a, b))])),
    );
    return Math.log(mean(potentials));
  };

  test.each([0.5, 2, 20])('agrees with plain loops at t %d', async (t) => {
    expect(await uniformity(tf.tensor2d(x), { t })).toBeCloseTo(slow(t), 4);
  });

  test('does not depend on the chunk size, and t is 2 by default', async () => {
    for (const chunkSize of [1, 4, 14, 99])
      expect(await uniformity(tf.tensor2d(x), { chunkSize })).toBeCloseTo(slow(2), 5);
  });

  test('is 0 for one point, -8 for two opposites, and finite where every potential underflows', async () => {
    expect(await uniformity(tf.ones([5, 3]))).toBeCloseTo(0, 5);
    const opposites = () =>
      tf.tensor2d([
        [1, 0],
        [-1, 0],
      ]);
    expect(await uniformity(opposites())).toBeCloseTo(-8, 5);
    expect(await uniformity(opposites(), { t: 1000 })).toBeCloseTo(-4000, 2);
  });
});

simulated.each([0.5, 2, 20])('uniformity at t %d is finite and right with 16-bit floats', async (t) => {
  const exact = await uniformity(tf.tensor2d(x), { t });
  const half = await withHalfFloats(() => uniformity(tf.tensor2d(x), { t }));
  expect(Math.abs(half / exact - 1)).toBeLessThan(0.01);
});

describe('effectiveRank', () => {
  test('is exp of the entropy of known singular values, whatever the rotation', async () => {
    const singular = [5, 3, 1, 1];
    const rotations = [0.3, 1.1, 2.5].map((angle, i) =>
      tf.tensor2d(
        singular.map((_, r) =>
          singular.map((_, c) => {
            if (r === i && c === i + 1) return -Math.sin(angle);
            if (r === i + 1 && c === i) return Math.sin(angle);
            return r === c ? (r === i || r === i + 1 ? Math.cos(angle) : 1) : 0;
          }),
        ),
      ),
    );
    const rotated = rotations.reduce(
      (m, rotation) => tf.matMul(tf.matMul(rotation, m), rotation),
      tf.diag(tf.tensor1d(singular)) as tf.Tensor2D,
    );
    const entropy = -singular.reduce((sum, value) => sum + (value / 10) * Math.log(value / 10), 0);
    expect(await effectiveRank(rotated)).toBeCloseTo(Math.exp(entropy), 5);
  });

  test('agrees with the closed form for two columns', async () => {
    const rows = x.map((row) => row.slice(0, 2));
    const [a, b] = [0, 1].map((d) => rows.map((row) => row[d]));
    const [p, q, r] = [dot(a, a), dot(a, b), dot(b, b)];
    const root = Math.sqrt(((p - r) / 2) ** 2 + q ** 2);
    const singular = [(p + r) / 2 + root, (p + r) / 2 - root].map(Math.sqrt);
    const shares = singular.map((value) => value / (singular[0] + singular[1]));
    const expected = Math.exp(-dot(shares, shares.map(Math.log)));
    expect(await effectiveRank(tf.tensor2d(rows))).toBeCloseTo(expected, 5);
    expect(await effectiveRank(tf.transpose(tf.tensor2d(rows)))).toBeCloseTo(expected, 5);
  });

  test('is D for orthogonal columns, 1 for multiples of one vector, 0 for zeros', async () => {
    expect(await effectiveRank(tf.mul(tf.eye(24), 7))).toBeCloseTo(24, 8);
    const [row] = x;
    // Whole multiples of whole numbers: a rank of exactly 1 in float32 too.
    const multiples = x.map((_, i) => row.map((value) => Math.round(10 * value) * (i + 1)));
    expect(await effectiveRank(tf.tensor2d(multiples))).toBeCloseTo(1, 4);
    expect(await effectiveRank(tf.zeros([5, 4]))).toBe(0);
  });
});

test('all leak nothing', async () => {
  const [a, b] = [tf.tensor2d(x), tf.tensor2d(y)];
  await expectNoLeak(() => Promise.all([embeddingStd(a), effectiveRank(a), alignment(a, b), uniformity(a)]));
});

test('all name the input that they cannot use', async () => {
  const vector = tf.ones([3]) as unknown as tf.Tensor2D;
  const message =
    'Expected a tensor of shape [N, D], N and D above 0 for input embeddings, received a float32 tensor of shape [3].';
  await expect(embeddingStd(vector)).rejects.toThrow(message);
  await expect(effectiveRank(vector)).rejects.toThrow(message);
  await expect(uniformity(vector)).rejects.toThrow(message);
  await expect(uniformity(tf.ones([1, 3]))).rejects.toThrow('Expected at least 2 rows for input embeddings');
  await expect(uniformity(tf.ones([2, 3]), { t: 0 })).rejects.toThrow('for option t, received 0');
  await expect(alignment(tf.ones([2, 3]), tf.ones([3, 3]))).rejects.toThrow('Expected 2 rows for input y');
  await expect(alignment(tf.ones([2, 3]), tf.ones([2, 3]), { alpha: -1 })).rejects.toThrow('for option alpha');
});
