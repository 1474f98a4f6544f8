import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { knnClassifier, linearClassifier } from 'tfjs-nonsemantic-negatives/evaluation';
import { expectNoLeak } from '../support';

/** Mean colors as features. */
const encoder = () =>
  tfl.sequential({ layers: [tfl.layers.globalAveragePooling2d({ inputShape: [null, null, 3] as number[] })] });
const red = [0.9, 0.2, 0.1];
const green = [0.2, 0.7, 0.1];
const images = () => tf.tensor4d([red, green, green].map((color) => Array(4).fill(Array(4).fill(color))));
const imageNet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
const normalized = (color: number[]) => color.map((v, c) => (v - imageNet.mean[c]) / imageNet.deviation[c]);

test('knnClassifier names the class of the nearest features of normalized images', async () => {
  const bank = {
    features: tf.tensor2d([normalized(red), normalized(green)]),
    labels: tf.tensor1d([7, 4], 'int32'),
  };
  const classify = knnClassifier(encoder(), bank, { k: 1 });
  expect(Array.from(await classify(images()))).toEqual([7, 4, 4]);
  const batch = images();
  await expectNoLeak(() => classify(batch));
  expect(batch.isDisposed).toBe(false);
});

test('linearClassifier names the class of the highest score', async () => {
  const classifier = tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [3], units: 2, useBias: false })] });
  // Greenness against redness; twice as much red is needed.
  classifier.setWeights([
    tf.tensor2d([
      [0, 1],
      [2, 0],
      [0, 0],
    ]),
  ]);
  const preprocess = (x: tf.Tensor4D) => x;
  const classify = linearClassifier(encoder(), classifier, { preprocess });
  expect(Array.from(await classify(images()))).toEqual([1, 0, 0]);
  const halved = linearClassifier(encoder(), classifier, { preprocess: (x) => tf.mul(x, [1, 3, 1]) as tf.Tensor4D });
  expect(Array.from(await halved(images()))).toEqual([0, 0, 0]);
  const batch = images();
  await expectNoLeak(() => classify(batch));
  await expectNoLeak(() => halved(batch));
});

test('refuse other options', () => {
  const preprocess = 'normalize' as unknown as () => tf.Tensor4D;
  expect(() => linearClassifier(encoder(), encoder(), { preprocess })).toThrow(
    'Expected a function for option preprocess, received "normalize".',
  );
  expect(() => linearClassifier(encoder(), encoder(), { k: 1 } as object)).toThrow('received "k"');
});
