import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { classificationHead, momentumEncoder, projectionHead, removeHead } from 'tfjs-nonsemantic-negatives';
import { maxDifference, waves } from '../../support/tensors';

const { layers } = tfl;
const images = () => tf.tensor4d(waves(2 * 8 * 8 * 3), [2, 8, 8, 3]);
const convolution = () => layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu' });
const softmax = () => layers.dense({ units: 10, activation: 'softmax' });

function functional(...made: tfl.layers.Layer[]): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 8, 3] });
  return tfl.model({
    inputs: input,
    outputs: made.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input),
  });
}

/** Classifiers as users have them, and the layer whose output are their features; a map is averaged. */
const classifiers: { [name: string]: [make: () => tfl.LayersModel, features: (model: tfl.LayersModel) => unknown] } = {
  'a Sequential as in the MNIST example': [
    () => tfl.sequential({ layers: [convolution(), layers.flatten(), softmax()] }),
    ({ layers }) => layers[1].output,
  ],
  'hidden layer, dropout, softmax apart': [
    () =>
      functional(
        convolution(),
        layers.flatten(),
        layers.dense({ units: 6, activation: 'relu' }),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 10 }),
        layers.softmax(),
      ),
    ({ layers }) => layers[3].output,
  ],
  'a MobileNet, whose classifier is a convolution': [
    () =>
      functional(
        convolution(),
        layers.globalAveragePooling2d({}),
        layers.reshape({ targetShape: [1, 1, 4] }),
        layers.dropout({ rate: 0.1 }),
        layers.conv2d({ filters: 10, kernelSize: 1 }),
        layers.activation({ activation: 'softmax' }),
        layers.reshape({ targetShape: [10] }),
      ),
    ({ layers }) => layers[2].output,
  ],
  'a convolution that is pooled last': [
    () => functional(convolution(), layers.conv2d({ filters: 10, kernelSize: 1 }), layers.globalAveragePooling2d({})),
    ({ layers }) => layers[1].output,
  ],
  'a backbone that begins a Sequential': [
    () => {
      const backbone = tfl.sequential({ layers: [convolution(), layers.globalAveragePooling2d({})] });
      return tfl.sequential({ layers: [backbone, softmax()] });
    },
    (model) => (model.layers[0] as tfl.LayersModel).outputs[0],
  ],
  'a model within, and a head of two layers': [
    () => {
      const backbone = tfl.sequential({ layers: [convolution(), layers.flatten()] });
      const head = tfl.sequential({ layers: [layers.dense({ units: 5, inputShape: [144] }), softmax()] });
      return functional(backbone, head);
    },
    ({ layers }) => layers[1].getOutputAt(1),
  ],
};

describe.each(Object.entries(classifiers))('%s', (_, [make, features]) => {
  test('is cut at its features, whose layers it shares', () => {
    const model = make();
    const encoder = removeHead(model);
    const expected = tfl.model({ inputs: model.inputs, outputs: features(model) as tfl.SymbolicTensor });
    const values = expected.predict(images()) as tf.Tensor;
    const vectors = values.rank === 4 ? tf.mean(values, [1, 2]) : values;
    expect(encoder.outputs[0].shape).toEqual([null, vectors.shape[1]]);
    expect(maxDifference(encoder.predict(images()) as tf.Tensor, vectors)).toBeLessThan(1e-6);
    expect(encoder.weights.every((weight) => model.weights.includes(weight))).toBe(true);
    expect(encoder.weights.length).toBeLessThan(model.weights.length);
  });

  test('becomes an encoder, and a classifier again', () => {
    const encoder = removeHead(make());
    const embeddings = projectionHead(encoder, { units: 3 });
    expect(() => momentumEncoder({ encoder: embeddings })).not.toThrow();
    const classifier = classificationHead(encoder, { classes: 2 });
    expect(tf.sum(classifier.predict(images()) as tf.Tensor, 1).dataSync()[0]).toBeCloseTo(1, 5);
  });
});

test('cuts at a named layer and averages its maps', () => {
  const model = functional(convolution(), layers.flatten({ name: 'flat' }), softmax());
  const [, conv] = model.layers;
  expect(removeHead(model, { layer: 'flat', name: 'cut' }).outputs[0].shape).toEqual([null, 144]);
  expect(removeHead(model, { layer: 'flat', name: 'cut' }).name).toBe('cut');
  expect(removeHead(model, { layer: conv.name }).outputs[0].shape).toEqual([null, 4]);
});

/** Models without one classifier at their end: the layer of their features must be named. */
const others: { [name: string]: () => tfl.LayersModel } = {
  'an autoencoder': () =>
    functional(layers.conv2d({ name: 'code', filters: 4, kernelSize: 3, padding: 'same' }), layers.upSampling2d({})),
  'a network cut at its maps': () =>
    functional(convolution(), layers.batchNormalization({ name: 'code' }), layers.reLU()),
  'several heads, and a second input': () => {
    const [image, age] = [tfl.input({ shape: [8, 8, 3] }), tfl.input({ shape: [2] })];
    const maps = convolution().apply(image) as tfl.SymbolicTensor;
    const code = layers.globalAveragePooling2d({ name: 'code' }).apply(maps) as tfl.SymbolicTensor;
    const both = layers.concatenate().apply([code, age]) as tfl.SymbolicTensor;
    const outputs = [softmax(), layers.dense({ units: 4 })].map((head) => head.apply(both) as tfl.SymbolicTensor);
    return tfl.model({ inputs: [image, age], outputs });
  },
};

test.each(Object.entries(others))('%s is cut where it is told', (_, make) => {
  expect(() => removeHead(make())).toThrow('Expected a built model of one output [null, classes] for input model');
  const encoder = removeHead(make(), { layer: 'code' });
  expect([encoder.inputs.length, encoder.outputs[0].shape]).toEqual([1, [null, 4]]);
  expect((encoder.predict(images()) as tf.Tensor).shape).toEqual([2, 4]);
});

test('cuts a layer shared with another model where this model uses it', () => {
  const model = functional(convolution(), layers.flatten(), softmax());
  const other = tfl.input({ shape: [8, 8, 3] });
  model.layers[1].apply(other);
  expect(removeHead(model, { layer: model.layers[1].name }).outputs[0].shape).toEqual([null, 4]);
});

test('names what cannot be cut', () => {
  const linear = functional(layers.flatten(), softmax());
  expect(() => removeHead(linear)).toThrow('Expected a model with layers that learn before its classifier');
  const wrapped = functional(tfl.sequential({ layers: [convolution(), layers.flatten(), softmax()] }));
  expect(() => removeHead(wrapped)).toThrow('Call it with the nested model itself');
  expect(() => removeHead(functional(layers.flatten()))).toThrow('Expected a model that ends in a classifier');
  expect(() => removeHead(linear, { layer: 'absent' })).toThrow('for option layer, received "absent".');
  expect(() => removeHead(tfl.sequential())).toThrow('Expected a built model of one output [null, classes]');
  expect(() => removeHead(tfl.sequential(), { layer: 'absent' })).toThrow('for option layer, received "absent".');
  expect(() => removeHead(3 as never)).toThrow('Expected a tf.LayersModel for input model, received 3.');
});

describe('classificationHead', () => {
  const backbone = () => functional(convolution(), layers.globalAveragePooling2d({}));

  test('trains on a frozen backbone alone, and on all of it', async () => {
    const encoder = backbone();
    const model = classificationHead(encoder, { classes: 2, dropout: 0.1, seed: 1 });
    const fit = async () => {
      model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
      const { history } = await model.fit(images(), tf.oneHot([0, 1], 2), { epochs: 8, verbose: 0 });
      return history.loss as number[];
    };
    const before = encoder.getWeights().map((weight) => Array.from(weight.dataSync()));
    const values = () => encoder.getWeights().map((weight) => Array.from(weight.dataSync()));
    for (const layer of encoder.layers) layer.trainable = false;
    await fit();
    expect(values()).toEqual(before);
    for (const layer of encoder.layers) layer.trainable = true;
    const loss = await fit();
    expect(loss.at(-1)).toBeLessThan(loss[0]);
    expect(values()).not.toEqual(before);
  });

  test('starts the same for the same seed', () => {
    const kernels = [3, 3, 4].map((seed) => classificationHead(backbone(), { classes: 2, seed }).layers.at(-1));
    const [first, second, third] = kernels.map((layer) =>
      Array.from((layer as tfl.layers.Layer).getWeights()[0].dataSync()),
    );
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });
});
