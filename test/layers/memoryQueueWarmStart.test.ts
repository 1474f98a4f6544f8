import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { l2Normalize, type MemoryQueue, memoryQueue } from 'tfjs-nonsemantic-negatives';
import { roundTrip } from '../support/roundTrip';
import { waves } from '../support/tensors';

/** Unit rows [query, key, negative] of `batch` images, D of 4. */
const embeddings = (batch: number, step = 0) =>
  l2Normalize(tf.tensor3d(waves(batch * 12, 1, step), [batch, 3, 4])) as tf.Tensor3D;
const keysOf = (x: tf.Tensor3D) => (tf.squeeze(tf.slice(x, [0, 1, 0], [-1, 1, -1]), [1]) as tf.Tensor2D).arraySync();

function built(args: { size: number; warmStart?: boolean }): { layer: MemoryQueue; model: tfl.LayersModel } {
  const input = tfl.input({ shape: [3, 4] });
  const layer = memoryQueue(args);
  return { layer, model: tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor }) };
}
const train = (layer: MemoryQueue, x: tf.Tensor) =>
  tf.tidy(() => (layer.call(x, { training: true }) as tf.Tensor2D).arraySync());
const stateOf = (layer: MemoryQueue) => layer.getWeights().map((weight) => weight.arraySync() as number[][]);

test.each([6, 7, 3])('a queue of %i is filled with copies of the first 3 keys before they are compared', (size) => {
  const { layer } = built({ size, warmStart: true });
  const x = embeddings(3);
  const keys = keysOf(x);
  const similarities = train(layer, x);
  const [queue, pointer] = stateOf(layer);
  expect(queue).toEqual(Array.from({ length: size }, (_, i) => keys[i % 3]));
  expect(pointer).toBe(3 % size);
  // Column 0 is the key, which the queue holds copies of.
  similarities.forEach((row, i) => {
    for (let column = 0; column < size; column++) {
      if (column % 3 === i) expect(row[1 + column]).toBeCloseTo(row[0], 5);
    }
  });
});

test('later batches replace copies as they replace random rows', () => {
  const { layer } = built({ size: 7, warmStart: true });
  train(layer, embeddings(3));
  train(layer, embeddings(2, 1));
  const [first, second] = [keysOf(embeddings(3)), keysOf(embeddings(2, 1))];
  expect(stateOf(layer)[0]).toEqual([...first, ...second, first[2], first[0]]);
  expect(stateOf(layer)[1]).toBe(5);
});

test('a saved queue is not filled again; one saved before its first step is filled then', async () => {
  for (const trained of [true, false]) {
    const { layer, model } = built({ size: 5, warmStart: true });
    if (trained) train(layer, embeddings(3));
    const loaded = (await roundTrip(model)).layers[1] as MemoryQueue;
    expect(loaded.warmStart).toBe(true);
    expect(stateOf(loaded)).toEqual(stateOf(layer));
    for (const one of [layer, loaded]) train(one, embeddings(2, 1));
    expect(stateOf(loaded)).toEqual(stateOf(layer));
    const copies = keysOf(embeddings(trained ? 3 : 2, trained ? 0 : 1));
    expect(stateOf(loaded)[0][2]).toEqual(copies[trained ? 2 : 0]);
  }
});

test('nothing is filled outside training, and nothing is read or leaked in training', () => {
  const { layer } = built({ size: 5, warmStart: true });
  const before = stateOf(layer);
  tf.tidy(() => layer.call(embeddings(3), {}));
  expect(stateOf(layer)).toEqual(before);
  const x = embeddings(3);
  const tensors = tf.memory().numTensors;
  // Not `countReads`: kernels of cpu and wasm read what lies in memory anyway.
  const reads = (['data', 'dataSync'] as const).map((name) => jest.spyOn(tf.Tensor.prototype, name));
  tf.dispose(layer.call(x, { training: true }));
  expect(reads.flatMap((read) => read.mock.calls)).toEqual([]);
  for (const read of reads) read.mockRestore();
  expect(tf.memory().numTensors).toBe(tensors);
});

test('a layer that is disposed leaves nothing, trained or not', () => {
  for (const trained of [true, false]) {
    const x = embeddings(3);
    const before = tf.memory().numTensors;
    const { layer } = built({ size: 5, warmStart: true });
    if (trained) tf.dispose(layer.call(x, { training: true }));
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
});

test('the warm start is off by default, and must be a boolean', () => {
  const { layer } = built({ size: 5 });
  const [random] = stateOf(layer);
  train(layer, embeddings(3));
  expect(stateOf(layer)[0].slice(3)).toEqual(random.slice(3));
  expect(() => memoryQueue({ size: 5, warmStart: 1 as never })).toThrow(
    'Expected one of true, false for option warmStart, received 1.',
  );
});
