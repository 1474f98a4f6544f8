import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs'; // tfjs's recurrent layers call its chained operations.
import * as tfl from '@tensorflow/tfjs-layers';
import { byol, exportEncoder, momentumEncoder } from 'tfjs-nonsemantic-negatives';
import { missing } from '../../accelerate/layers/limits';
import { casesOf, table } from '../../accelerate/layers/table';
import { roundTrip } from '../../support/roundTrip';
import { maxDifference, waves } from '../../support/tensors';
import { Antirectifier, customLayers, Lazy } from './customLayers';

declare const BACKEND: string;

const vectors = (): tf.Tensor => tf.tensor2d(waves(12), [3, 4]);

/** Layers in the middle of an encoder that has been called, trained and called again. */
function encoderOf(layers: tfl.layers.Layer[], isFunctional: boolean): tfl.LayersModel {
  const all = [tfl.layers.dense({ units: 4, inputShape: [4] }), ...layers, tfl.layers.dense({ units: 4 })];
  const input = tfl.input({ shape: [4] });
  const model = isFunctional
    ? tfl.model({
        inputs: input,
        outputs: all.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input),
      })
    : tfl.sequential({ layers: all });
  for (let i = 0; i < 3; i++) tf.dispose(model.predict(vectors()));
  return model;
}

describe.each([true, false])('a custom layer, functional %s', (isFunctional) => {
  test.each(Object.entries(customLayers))('with %s', (_, { make, refused }) => {
    const encoder = encoderOf(make(), isFunctional);
    const predictor = tfl.sequential({ layers: [tfl.layers.dense({ units: 4, inputShape: [4] })] });
    const copies = [
      () => momentumEncoder({ encoder }).keyEncoder,
      () => byol({ encoder, predictor }).target,
      () => exportEncoder(encoder),
    ];
    for (const copy of copies) {
      if (refused) expect(copy).toThrow(refused);
      else {
        const rebuilt = copy();
        expect(rebuilt.weights).toHaveLength(encoder.weights.length);
        expect(maxDifference(rebuilt.predict(vectors()) as tf.Tensor, encoder.predict(vectors()) as tf.Tensor)).toBe(0);
      }
    }
  });
});

test('a layer that its first training step builds is refused there', () => {
  const encoder = tfl.sequential({ layers: [tfl.layers.dense({ units: 4, inputShape: [4] }), new Lazy({})] });
  const views = [vectors(), vectors()];
  const layer = momentumEncoder({ encoder });
  expect(() => layer.apply(views, { training: true })).toThrow(
    'Expected a model whose layers are built before a call for option encoder, received layer inner (Dense), which is built in one.',
  );
});

/** A layer and a head; one of several inputs takes the same as each. */
function withLayer(make: () => tfl.layers.Layer, shapes: number[][]): tfl.LayersModel {
  const input = tfl.input({ shape: shapes[0] });
  const inputs = shapes.map(() => input);
  const features = make().apply(inputs.length === 1 ? input : inputs) as tfl.SymbolicTensor;
  const isFixed = features.shape.slice(1).every((size) => size! > 0);
  const flat = isFixed ? tfl.layers.flatten() : tfl.layers.globalAveragePooling1d({});
  const vectors = features.rank === 2 ? features : (flat.apply(features) as tfl.SymbolicTensor);
  return tfl.model({ inputs: input, outputs: tfl.layers.dense({ units: 3 }).apply(vectors) as tfl.SymbolicTensor });
}

/** They take no place in a model: their kernels want images, and get a shape. */
const outsideModels = ['input', 'inputLayer', 'randomWidth', 'resizing', ...(missing[BACKEND] ?? [])];

test.each(Object.keys(table).filter((name) => !outsideModels.includes(name)))(
  'the stock layer %s is copied',
  (name) => {
    for (const { make, shapes, integersBelow } of casesOf(name)) {
      const encoder = withLayer(make, (Array.isArray(shapes[0][0]) ? shapes[0] : [shapes[0]]) as number[][]);
      const shape = [2, ...(encoder.inputs[0].shape.slice(1) as number[])];
      const values = waves(tf.util.sizeFromShape(shape));
      const integers = values.map((value) => Math.floor(0.49 * (value + 1) * (integersBelow ?? 1)));
      const x = tf.tensor(integersBelow ? integers : values, shape);
      const expected = encoder.apply(x) as tf.Tensor;
      for (const copy of [momentumEncoder({ encoder }).keyEncoder, exportEncoder(encoder)])
        expect(maxDifference(copy.apply(x) as tf.Tensor, expected)).toBe(0);
    }
  },
);

test('a file tells what the stock getConfig() forgets', async () => {
  const encoder = tfl.sequential({
    layers: [
      tfl.layers.separableConv2d({ filters: 3, kernelSize: 2, depthMultiplier: 2, inputShape: [5, 5, 2] }),
      tfl.layers.depthwiseConv2d({ kernelSize: 2, depthwiseRegularizer: 'l1l2' }),
      tfl.layers.globalAveragePooling2d({}),
      new Antirectifier(),
    ],
  });
  const inputs = ['query', 'key'].map((name) => tfl.input({ name, shape: [5, 5, 2] }));
  const model = tfl.model({ inputs, outputs: momentumEncoder({ encoder }).apply(inputs) as tfl.SymbolicTensor });
  const images = [0, 1].map((i) => tf.tensor4d(waves(100, 1, i), [2, 5, 5, 2]));
  for (const one of [model, await roundTrip(model)]) {
    expect(maxDifference(one.predict(images) as tf.Tensor, model.predict(images) as tf.Tensor)).toBe(0);
    expect(one.calculateLosses()).toHaveLength(1);
  }
  const exported = exportEncoder(encoder);
  const loaded = await roundTrip(exported);
  expect(maxDifference(loaded.predict(images[0]) as tf.Tensor, encoder.predict(images[0]) as tf.Tensor)).toBe(0);
});
