import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { ArgumentError, type MemoryQueue, type MemoryQueueArgs, memoryQueue } from 'tfjs-nonsemantic-negatives';
import { runs } from '../support/runs';
import { bytesOf, leakOf, maxDifference, waves } from '../support/tensors';
import { tolerance } from '../support/tolerances';
import { symbolic, valuesOf } from './support';

/** A queue that has seen its input's shape, for embeddings of `dimensions`. */
function built(
  size: number,
  { dimensions = 3, negatives = 1, seed }: { dimensions?: number; negatives?: number; seed?: number } = {},
): MemoryQueue {
  const layer = memoryQueue({ size, seed });
  layer.apply(tfl.input({ shape: [2 + negatives, dimensions] }));
  return layer;
}

const embeddings = (batch: number, rows: number, dimensions: number, phase = 0) =>
  tf.tensor3d(waves(batch * rows * dimensions, 1, phase), [batch, rows, dimensions]);

describe('similarities', () => {
  test('are columns of q·k, the queue and q·t_m, by plain loops', () => {
    const layer = built(4, { negatives: 2 });
    const input = embeddings(3, 4, 3);
    const rows = input.arraySync();
    const queue = layer.getWeights()[0].arraySync() as number[][];
    const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
    const expected = rows.map(([q, k, ...negatives]) => [k, ...queue, ...negatives].map((other) => dot(q, other)));
    for (const training of [false, true]) {
      const output = layer.apply(input, { training }) as tf.Tensor;
      expect(output.shape).toEqual([3, 1 + 4 + 2]);
      expect(maxDifference(output, expected.flat())).toBeLessThan(1e-6);
    }
  });

  test('have the layer’s output shape', () => {
    const output = memoryQueue({ size: 7 }).apply(tfl.input({ shape: [5, 3] }));
    expect(symbolic(output).shape).toEqual([null, 1 + 7 + 3]);
  });

  test('have a gradient for the query, with the earlier queue, and none for keys and negatives', () => {
    const layer = built(2);
    const input = embeddings(2, 3, 3);
    const queue = tf.clone(layer.getWeights()[0]);
    const weights = tf.tensor2d(waves(2 * 4), [2, 4]);
    const gradient = tf.grad((x) => tf.sum(tf.mul(layer.apply(x, { training: true }) as tf.Tensor, weights)))(input);
    const [toQuery, toKey, toNegative] = tf.unstack(gradient, 1);
    const [, key, negative] = tf.unstack(input, 1);
    const column = (start: number, count: number) => tf.slice(weights, [0, start], [2, count]);
    const expected = tf.addN([
      tf.mul(column(0, 1), key),
      tf.matMul(column(1, 2), queue as tf.Tensor2D),
      tf.mul(column(3, 1), negative),
    ]);
    expect(maxDifference(toQuery, expected)).toBeLessThan(1e-6);
    for (const none of [toKey, toNegative]) expect(maxDifference(none, tf.zerosLike(none))).toBe(0);
  });
});

describe('the ring', () => {
  test('equals a plain ring for any batch and queue sizes', () => {
    const run = fc
      .integer({ min: 1, max: 9 })
      .chain((size) =>
        fc.record({ size: fc.constant(size), batches: fc.array(fc.integer({ min: 1, max: size }), { maxLength: 6 }) }),
      );
    fc.assert(
      fc.property(run, ({ size, batches }) =>
        tf.tidy(() => {
          const layer = built(size, { dimensions: 2, negatives: 0 });
          const ring = layer.getWeights()[0].arraySync() as number[][];
          let pointer = 0;
          batches.forEach((batch, step) => {
            const input = embeddings(batch, 2, 2, step);
            layer.apply(input, { training: true });
            for (const [, key] of input.arraySync()) {
              ring[pointer] = key;
              pointer = (pointer + 1) % size;
            }
            expect(maxDifference(layer.getWeights()[0], ring.flat())).toBeLessThanOrEqual(tolerance('queue rows'));
            expect(layer.getWeights()[1].arraySync()).toBe(pointer);
          });
        }),
      ),
      { numRuns: runs(40), seed: 1 },
    );
  });

  test('compares with the rows from before this batch', () => {
    const layer = built(2, { negatives: 0, dimensions: 2 });
    layer.setWeights([
      tf.tensor2d([
        [1, 0],
        [0, 1],
      ]),
      tf.scalar(1, 'int32'),
    ]);
    const input = tf.tensor3d([
      [
        [2, 3],
        [5, 7],
      ],
    ]);
    expect(Array.from((layer.apply(input, { training: true }) as tf.Tensor).dataSync())).toEqual([31, 2, 3]);
    expect(Array.from((layer.apply(input, { training: true }) as tf.Tensor).dataSync())).toEqual([31, 2, 31]);
  });

  // tfjs's cpu kernel TensorScatterUpdate writes into the tensor that it is given, which others may still hold.
  test('does not change a tensor of the earlier rows', () => {
    const layer = built(4);
    const held = tf.clone(layer.getWeights()[0]);
    const before = bytesOf(held);
    layer.apply(embeddings(3, 3, 3), { training: true });
    expect(bytesOf(held)).toBe(before);
    expect(bytesOf(layer.getWeights()[0])).not.toBe(before);
  });

  test('is untouched outside training', () => {
    const layer = built(4);
    const before = valuesOf(layer.getWeights());
    layer.apply(embeddings(3, 3, 3));
    layer.apply(embeddings(3, 3, 3), { training: false });
    layer.apply(embeddings(9, 3, 3)); // a batch larger than the queue is no matter then
    expect(valuesOf(layer.getWeights())).toEqual(before);
  });

  test('never takes in negatives', () => {
    const layer = built(3, { negatives: 2 });
    const input = embeddings(3, 4, 3);
    layer.apply(input, { training: true });
    expect(maxDifference(layer.getWeights()[0], tf.unstack(input, 1)[1])).toBeLessThanOrEqual(tolerance('queue rows'));
  });
});

describe('weights', () => {
  test('are the queue [K, D] float32 and the pointer [] int32, in this order, none of them trained', () => {
    const layer = built(5);
    const [queue, pointer] = layer.getWeights();
    expect(layer.weights).toHaveLength(2);
    expect([queue.shape, queue.dtype, pointer.shape, pointer.dtype]).toEqual([[5, 3], 'float32', [], 'int32']);
    expect(pointer.dataSync()[0]).toBe(0);
    expect(layer.trainableWeights).toEqual([]);
  });

  test('start as unit rows in all directions', () => {
    const [queue] = built(2000).getWeights();
    expect(maxDifference(tf.norm(queue, 2, 1), tf.ones([2000]))).toBeLessThan(1e-6);
    // A uniformly random unit vector has mean 0 and variance 1/3 a coordinate.
    expect(maxDifference(tf.mean(queue, 0), tf.zeros([3]))).toBeLessThan(5 * Math.sqrt(1 / 3 / 2000));
    expect(maxDifference(tf.mean(tf.square(queue), 0), tf.fill([3], 1 / 3))).toBeLessThan(0.04);
  });

  test.each([undefined, 0, 1, -3, 0.5])('depend on the seed %s', (seed) => {
    const rows = (s?: number) => bytesOf(built(6, { seed: s }).getWeights()[0]);
    expect(rows(seed)).toBe(rows(seed));
    expect(rows(seed)).not.toBe(rows(17));
    expect(rows(undefined)).toBe(rows(0));
  });
});

test('a call leaves its output and nothing else, and a failing call nothing', () => {
  const layer = built(4);
  const input = embeddings(3, 3, 3);
  for (const training of [false, true])
    expect(leakOf(() => (layer.apply(input, { training }) as tf.Tensor).dispose())).toBe(0);
  const large = embeddings(5, 3, 3);
  expect(leakOf(() => expect(() => layer.apply(large, { training: true })).toThrow(ArgumentError))).toBe(0);
});

describe('errors', () => {
  test.each([
    [{}, 'Expected an integer of at least 1 and of at most 16777216 for option size, received undefined.'],
    [{ size: 0 }, 'Expected an integer of at least 1 and of at most 16777216 for option size, received 0.'],
    [{ size: 1.5 }, 'Expected an integer of at least 1 and of at most 16777216 for option size, received 1.5.'],
    [{ size: 4, seed: 'x' }, 'Expected a number for option seed, received "x".'],
    [{ size: 4, length: 4 }, 'for the options of memoryQueue(), received "length".'],
  ])('%j', (args, message) => {
    expect(() => memoryQueue(args as MemoryQueueArgs)).toThrow(ArgumentError);
    expect(() => memoryQueue(args as MemoryQueueArgs)).toThrow(message);
  });

  test('a batch larger than the queue, which would overwrite its own rows', () => {
    expect(() => built(4).apply(embeddings(5, 3, 3), { training: true })).toThrow(
      'Expected an integer of at least the batch size 5 for option size (queueSize), received 4.',
    );
  });

  test('an input that does not hold embeddings of query and key', () => {
    const message = 'Expected embeddings of shape [N, 2 + M, D] for the input of memoryQueue(), received';
    expect(() => memoryQueue({ size: 4 }).apply(tfl.input({ shape: [3] }))).toThrow(`${message} [null, 3].`);
    expect(() => memoryQueue({ size: 4 }).apply(tfl.input({ shape: [1, 3] }))).toThrow(`${message} [null, 1, 3].`);
  });
});
