import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { batchNormalization, exportEncoder, momentumEncoder } from 'tfjs-nonsemantic-negatives';

const inputs = () => tf.randomNormal([4, 6, 6, 3], 0, 1, 'float32', 1);

/** A convolutional encoder with a nested head, after three steps of training. */
async function trained(batchNormalization: (args: object) => tfl.layers.Layer): Promise<tfl.LayersModel> {
  const layers = (shape: number[], ...made: tfl.layers.Layer[]) => {
    const input = tfl.input({ shape });
    const outputs = made.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input);
    return tfl.model({ inputs: input, outputs });
  };
  const head = tfl.sequential({
    layers: [tfl.layers.dense({ units: 5, inputShape: [4] }), batchNormalization({ scale: false })],
  });
  const model = layers(
    [6, 6, 3],
    tfl.layers.conv2d({ filters: 4, kernelSize: 3, useBias: false }),
    batchNormalization({ momentum: 0.5 }),
    tfl.layers.reLU(),
    tfl.layers.globalAveragePooling2d({}),
    head,
  );
  if (batchNormalization !== tfl.layers.batchNormalization) {
    const optimizer = tf.train.sgd(0.1);
    for (let step = 0; step < 3; step++)
      optimizer.minimize(() => tf.sum(tf.square(tf.sub(model.apply(inputs(), { training: true }) as tf.Tensor, 1))));
  }
  return model;
}

const predict = (model: tfl.LayersModel) => (model.predict(inputs()) as tf.Tensor).dataSync();

function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  Array.from(expected).forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 5);
  });
}

const classNames = (model: tfl.LayersModel): string[] =>
  model.layers.flatMap((layer) => [
    layer.getClassName(),
    ...(layer instanceof tfl.LayersModel ? classNames(layer) : []),
  ]);

test('the copy has stock layers only, nested ones too, and predicts the same', async () => {
  const model = await trained(batchNormalization);
  const copy = exportEncoder(model);
  expect(classNames(model)).toContain('NonSemanticBatchNormalization');
  expect(classNames(copy).filter((name) => name.startsWith('NonSemantic'))).toEqual([]);
  expect(classNames(copy).filter((name) => name === 'BatchNormalization')).toHaveLength(2);
  expectSame(predict(copy), predict(model));
});

test('the copy is independent: training one model does not change the other', async () => {
  const model = await trained(batchNormalization);
  const copy = exportEncoder(model);
  const before = predict(copy);
  model.setWeights(model.getWeights().map((weight) => tf.zerosLike(weight)));
  expectSame(predict(copy), before);
});

test('weights go to the right layers, whatever is frozen', async () => {
  const model = await trained(batchNormalization);
  const before = predict(model);
  model.layers[2].trainable = false;
  expectSame(predict(exportEncoder(model)), before);
  model.trainable = false;
  expectSame(predict(exportEncoder(model)), before);
});

test('a saved copy loads without this package: no class name of ours in it', async () => {
  const copy = exportEncoder(await trained(batchNormalization));
  const modelTopology = copy.toJSON(undefined, false) as object;
  expect(JSON.stringify(modelTopology)).not.toContain('NonSemantic');
  const loaded = await tfl.loadLayersModel(tf.io.fromMemory({ modelTopology }));
  loaded.setWeights(copy.getWeights());
  expectSame(predict(loaded), predict(copy));
});

test('a model of stock layers is copied unchanged', async () => {
  const model = await trained(tfl.layers.batchNormalization);
  const copy = exportEncoder(model);
  expect(classNames(copy)).toEqual(classNames(model));
  expectSame(predict(copy), predict(model));
});

test('names the layer that cannot be exported', async () => {
  const input = tfl.input({ shape: [4] });
  const encoder = tfl.model({
    inputs: input,
    outputs: tfl.layers.dense({ units: 2 }).apply(input) as tfl.SymbolicTensor,
  });
  const views = ['query', 'key'].map((name) => tfl.input({ name, shape: [4] }));
  const outputs = momentumEncoder({ encoder }).apply(views) as tfl.SymbolicTensor;
  expect(() => exportEncoder(tfl.model({ inputs: views, outputs }))).toThrow(
    'Expected an encoder of stock layers and batchNormalization for input model, received a layer NonSemanticMomentumEncoder.',
  );
  expect(() => exportEncoder({} as tfl.LayersModel)).toThrow('Expected a tf.LayersModel for input model, received {}.');
});
