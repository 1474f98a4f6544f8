import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {
  ArgumentError,
  contrastiveSimilarities,
  memoryQueue,
  type NonSemanticInfoNCEArgs,
  nonSemanticInfoNCE,
} from 'tfjs-nonsemantic-negatives';
import { inHalfPrecision } from '../support/half';
import { runs } from '../support/runs';
import { leakOf, maxDifference, waves } from '../support/tensors';
import { reference, similarities } from './infoNCE';

declare const BACKEND: string;

const lossOf = (rows: number[][], args: NonSemanticInfoNCEArgs) =>
  tf.tidy(() => nonSemanticInfoNCE(args)(null, tf.tensor2d(rows)).dataSync()[0]);
const gradientOf = (rows: number[][], args: NonSemanticInfoNCEArgs) =>
  tf.grad((x) => nonSemanticInfoNCE(args)(null, x))(tf.tensor2d(rows));

describe('closed forms', () => {
  test.each([
    [1, 0],
    [7, 0],
    [7, 1],
    [30, 4],
  ])('equal similarities to %d ordinary and %d non-semantic negatives give log(1 + K + M) at alpha 1', (K, M) => {
    const rows = Array.from({ length: 3 }, () => Array(1 + K + M).fill(0.3));
    expect(lossOf(rows, { alpha: 1, negatives: M })).toBeCloseTo(Math.log(1 + K + M), 5);
  });

  test('alpha 0 leaves a constant zero logit for each negative', () => {
    const expected = Math.log(Math.exp(1) + Math.exp(0.5) + 2) - 1;
    for (const t of [-1, 0, 1])
      expect(lossOf([[1, 0.5, t, t]], { alpha: 0, negatives: 2, temperature: 1 })).toBeCloseTo(expected, 6);
    const gradient = gradientOf([[1, 0.5, 1, -1]], { alpha: 0, negatives: 2 }).dataSync();
    expect([gradient[2], gradient[3]]).toEqual([0, 0]);
  });

  test('alpha multiplies the similarity inside the exponent', () => {
    const expected = Math.log(Math.exp(2) + Math.exp(1) + Math.exp(3 * 0.4)) - 2;
    expect(lossOf([[2, 1, 0.4]], { alpha: 3, negatives: 1, temperature: 1 })).toBeCloseTo(expected, 6);
  });

  test('no negatives is plain InfoNCE, whatever alpha', () => {
    const rows = similarities(3, 6);
    const expected = reference(rows, { temperature: 0.2, alpha: 1, negatives: 0 }).loss;
    for (const alpha of [0, 2, 5]) expect(lossOf(rows, { alpha, negatives: 0 })).toBeCloseTo(expected, 5);
  });

  test('the key alone is no loss', () => {
    expect(lossOf([[0.3], [0.9]], { negatives: 0 })).toBe(0);
  });

  test('the defaults are temperature 0.2 and alpha 2', () => {
    const rows = similarities(3, 6);
    expect(lossOf(rows, { negatives: 1 })).toBe(lossOf(rows, { temperature: 0.2, alpha: 2, negatives: 1 }));
    expect(lossOf(rows, { negatives: 1 })).toBeCloseTo(
      reference(rows, { temperature: 0.2, alpha: 2, negatives: 1 }).loss,
      5,
    );
  });
});

describe('against a slow reference in float64', () => {
  test('loss and gradient agree for any shape, temperature, alpha and number of negatives', () => {
    const setting = fc.record({
      batch: fc.integer({ min: 1, max: 5 }),
      columns: fc.integer({ min: 2, max: 9 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
      alpha: fc.double({ min: -3, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(setting, ({ batch, columns, share, temperature, alpha }) => {
        const args = { temperature, alpha, negatives: Math.floor(share * (columns - 1)) };
        const rows = similarities(batch, columns);
        const expected = reference(rows, args);
        const scale = Math.max(1, Math.abs(alpha)) / temperature;
        tf.tidy(() => {
          expect(Math.abs(lossOf(rows, args) - expected.loss)).toBeLessThan(2e-6 * scale);
          // The gradient's error is that of the exponents, a few 1e-7 of the largest logit, times the scale.
          expect(maxDifference(gradientOf(rows, args), expected.gradient)).toBeLessThan(2e-6 * scale * scale);
        });
      }),
      { numRuns: runs(60), seed: 1 },
    );
  });

  test('the gradient agrees with central differences and with tfjs’s own composed operations', () => {
    const args = { temperature: 0.5, alpha: 2, negatives: 2 };
    const rows = similarities(3, 7);
    const gradient = gradientOf(rows, args);
    const step = 1e-5;
    const numeric = rows.flatMap((row, i) =>
      row.map((_, j) => {
        const at = (offset: number) =>
          reference(
            rows.map((r, k) => r.map((x, l) => (k === i && l === j ? x + offset : x))),
            args,
          ).loss;
        return (at(step) - at(-step)) / (2 * step);
      }),
    );
    expect(maxDifference(gradient, numeric)).toBeLessThan(1e-5);
    const factors = [1, 1, 1, 1, 1, 2, 2].map((factor) => factor / 0.5);
    const composed = tf.grad((x) => {
      const logits = tf.mul(x, tf.tensor1d(factors));
      return tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.reshape(tf.slice(logits, [0, 0], [3, 1]), [3])));
    })(tf.tensor2d(rows));
    expect(maxDifference(gradient, composed)).toBeLessThan(1e-6);
  });

  test('the gradient follows a factor on the loss', () => {
    const rows = tf.tensor2d(similarities(2, 5));
    const loss = nonSemanticInfoNCE({ negatives: 1 });
    const once = tf.grad((x) => loss(null, x))(rows);
    const thrice = tf.grad((x) => tf.mul(loss(null, x), 3))(rows);
    expect(maxDifference(thrice, tf.mul(once, 3))).toBeLessThan(1e-6);
  });
});

describe('stability', () => {
  test.each([
    { scale: 1, temperature: 0.01 },
    { scale: 1, temperature: 1e-4 },
    { scale: 1e4, temperature: 0.01 },
    { scale: 1e-6, temperature: 0.2 },
  ])('similarities of $scale at a temperature of $temperature stay exact', ({ scale, temperature }) => {
    const rows = similarities(4, 8, scale);
    const args = { temperature, alpha: 2, negatives: 2 };
    const expected = reference(rows, args);
    expect(Math.abs(lossOf(rows, args) - expected.loss)).toBeLessThan(1e-6 * Math.max(1, expected.loss));
    const gradient = gradientOf(rows, args);
    expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    expect(maxDifference(gradient, expected.gradient)).toBeLessThan(
      (2e-6 * Math.max(1, scale / temperature)) / temperature,
    );
  });
});

describe('the number of negatives', () => {
  const query = waves(6);
  const rows = () => tf.tensor2d(query, [2, 3]);
  const loss = nonSemanticInfoNCE();

  test('is remembered from contrastiveSimilarities', () => {
    const output = contrastiveSimilarities(rows(), rows(), { queue: rows(), negatives: [rows(), rows()] });
    expect(loss(null, output).dataSync()[0]).toBe(lossOf(output.arraySync(), { negatives: 2 }));
    expect(nonSemanticInfoNCE({ negatives: 2 })(null, output).dataSync()[0]).toBe(loss(null, output).dataSync()[0]);
  });

  test('is remembered from the queue', () => {
    const input = tf.tensor3d(waves(2 * 4 * 3), [2, 4, 3]);
    const output = memoryQueue({ size: 3 }).apply(input) as tf.Tensor2D;
    expect(loss(null, output).dataSync()[0]).toBe(lossOf(output.arraySync(), { negatives: 2 }));
  });

  test('causes an error if it differs from the remembered number, even if it is 0', () => {
    const output = contrastiveSimilarities(rows(), rows(), { negatives: [rows()] });
    for (const negatives of [0, 2])
      expect(() => nonSemanticInfoNCE({ negatives })(null, output)).toThrow(
        `Expected the model's 1 for option negatives, received ${negatives}.`,
      );
  });

  test('causes an error if neither given nor remembered', () => {
    expect(() => loss(null, rows())).toThrow(
      'Expected an integer of at least 0 for option negatives, received undefined. These similarities do not come from',
    );
  });

  test('causes an error beyond the columns', () => {
    expect(() => nonSemanticInfoNCE({ negatives: 3 })(null, rows())).toThrow(
      'Expected an integer of at most 2 for option negatives, received 3.',
    );
  });
});

test('leaves the loss and nothing else, with the gradient too', () => {
  const x = tf.tensor2d(similarities(3, 6));
  const loss = nonSemanticInfoNCE({ negatives: 1 });
  expect(leakOf(() => loss(null, x).dispose())).toBe(0);
  const gradient = tf.grad((y) => loss(null, y));
  expect(leakOf(() => gradient(x).dispose())).toBe(0);
  expect(leakOf(() => expect(() => nonSemanticInfoNCE()(null, x)).toThrow(ArgumentError))).toBe(0);
});

describe('errors', () => {
  test.each([
    [{ temperature: 0 }, 'Expected a number above 0 for option temperature, received 0.'],
    [{ temperature: -1 }, 'Expected a number above 0 for option temperature, received -1.'],
    [{ alpha: Number.POSITIVE_INFINITY }, 'Expected a number for option alpha, received Infinity.'],
    [{ negatives: -1 }, 'Expected an integer of at least 0 for option negatives, received -1.'],
    [{ negatives: 0.5 }, 'Expected an integer of at least 0 for option negatives, received 0.5.'],
    [{ tau: 0.2 }, 'for the options of nonSemanticInfoNCE(), received "tau".'],
  ])('%j', (args, message) => {
    expect(() => nonSemanticInfoNCE(args as NonSemanticInfoNCEArgs)).toThrow(ArgumentError);
    expect(() => nonSemanticInfoNCE(args as NonSemanticInfoNCEArgs)).toThrow(message);
  });

  test('similarities of another rank', () => {
    expect(() => nonSemanticInfoNCE()(null, tf.zeros([2, 3, 4]))).toThrow(
      'Expected similarities [N, 1 + K + M] for the input of nonSemanticInfoNCE(), received a float32 tensor of shape [2, 3, 4].',
    );
  });
});

describe('in 16-bit floats', () => {
  const onCpu = BACKEND === 'cpu' ? test.each : test.skip.each;

  onCpu([
    ['the usual temperature', 0.2, 64, 1],
    ['a low temperature', 1e-3, 64, 1],
    ['large similarities', 0.2, 64, 3000],
    ['a long queue', 0.2, 70_000, 1],
    ['a long queue at a low temperature', 1e-3, 70_000, 1],
  ])('%s gives the loss of float64', (_, temperature, columns, size) => {
    const values = [waves(columns, size), Array(columns).fill(0.5 * size), [size, ...Array(columns - 1).fill(0)]];
    const logits = values.map((row) => row.map((x, i) => (i === columns - 1 ? 2 : 1) * (x / temperature)));
    const exact = logits.map(([key, ...others]) => {
      const max = Math.max(key, ...others);
      return Math.log([key, ...others].reduce((sum, x) => sum + Math.exp(x - max), 0)) + max - key;
    });
    inHalfPrecision(() => {
      values.forEach((row, i) => {
        const x = tf.tensor2d([row]);
        const loss = nonSemanticInfoNCE({ temperature, negatives: 1 });
        const scale = Math.max(...logits[i].map(Math.abs));
        // 11 significant bits, of logits up to `scale`.
        expect(Math.abs(loss(null, x).dataSync()[0] - exact[i])).toBeLessThan(0.02 + 2e-3 * scale);
        expect(
          tf
            .grad((y) => loss(null, y))(x)
            .dataSync()
            .every(Number.isFinite),
        ).toBe(true);
      });
    });
  });
});
