import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { convEncoder, projectionHead } from 'tfjs-nonsemantic-negatives';
import { expectClose, picture, predictOne, saveAndLoad } from '../support';

const backboneOf = (width: number) => convEncoder({ inputShape: [8, 8, 3], filters: [4, width] });
const classNames = (model: tfl.LayersModel) => model.layers.map((layer) => layer.getClassName());

test("is MoCo v2's head by default: dense as wide as the backbone, ReLU, dense to 128", () => {
  const model = projectionHead(backboneOf(6));
  expect(model.outputs[0].shape).toEqual([null, 128]);
  expect(classNames(model).slice(-3)).toEqual(['Dense', 'ReLU', 'Dense']);
  expect(model.layers.at(-3)!.outputShape).toEqual([null, 6]);
});

test('computes dense, ReLU, dense of the features', () => {
  const backbone = backboneOf(6);
  const model = projectionHead(backbone, { units: 3, hiddenUnits: [5, 4] });
  const image = picture(8, 8);
  const denseLayers = model.layers.filter((layer) => layer.getClassName() === 'Dense');
  const expected = denseLayers.reduce(
    (x, layer, depth) => {
      const [kernel, bias] = layer.getWeights().map((weight) => weight.arraySync()) as [number[][], number[]];
      const y = bias.map((b, o) => x.reduce((sum, value, i) => sum + value * kernel[i][o], b));
      return depth < 2 ? y.map((v) => Math.max(v, 0)) : y;
    },
    predictOne(backbone, image),
  );
  expectClose(predictOne(model, image), expected, 1e-5);
});

test('shares the backbone: training the head model changes the features', () => {
  const backbone = backboneOf(6);
  const model = projectionHead(backbone, { units: 2 });
  const image = picture(8, 8);
  expect(model.layers).toEqual(expect.arrayContaining(backbone.layers));
  const before = predictOne(backbone, image);
  for (const weight of backbone.trainableWeights) weight.write(tf.mul(weight.read(), 1.5));
  expect(predictOne(backbone, image)).not.toEqual(before);
  expect(classNames(backbone)).not.toContain('Dense');
});

test('takes a sequential backbone', () => {
  const backbone = tfl.sequential({ layers: [tfl.layers.flatten({ inputShape: [2, 2, 3] })] });
  expect(projectionHead(backbone, { units: 7 }).outputs[0].shape).toEqual([null, 7]);
});

test('is linear without hidden layers', () => {
  const model = projectionHead(backboneOf(6), { hiddenUnits: [] });
  expect(classNames(model).filter((name) => name === 'Dense')).toHaveLength(1);
});

test('normalizes hidden layers on request, which then have no bias', () => {
  const batchNormalization = tfl.layers.batchNormalization;
  const model = projectionHead(backboneOf(6), { hiddenUnits: [8], batchNormalization });
  expect(classNames(model).slice(-4)).toEqual(['Dense', 'BatchNormalization', 'ReLU', 'Dense']);
  expect(model.layers.at(-4)!.getWeights()).toHaveLength(1);
});

test('has initial weights that depend on the seed, uniform in PyTorch’s bounds', () => {
  const head = (seed: number) => {
    const { trainableWeights } = projectionHead(backboneOf(16), { units: 20, seed });
    return trainableWeights.slice(-4).map((weight) => weight.read().dataSync());
  };
  expect(head(1)).toEqual(head(1));
  expect(head(1)).not.toEqual(head(2));
  for (const values of head(1)) {
    const largest = Math.max(...Array.from(values).map(Math.abs));
    expect(largest).toBeLessThanOrEqual(1 / 4);
    expect(largest).toBeGreaterThan(0.8 / 4);
  }
});

test('survives saving and loading', async () => {
  const model = projectionHead(backboneOf(6), { units: 5 });
  const loaded = await saveAndLoad(model, (handler) => tfl.loadLayersModel(handler));
  const image = picture(8, 8);
  expect(predictOne(loaded, image)).toEqual(predictOne(model, image));
});

test('refuses a backbone that yields no vectors', () => {
  const input = tfl.input({ shape: [4, 4, 3] });
  const map = tfl.model({ inputs: input, outputs: tfl.layers.reLU().apply(input) as tfl.SymbolicTensor });
  expect(() => projectionHead(map)).toThrow(
    'Expected a built model of one input and one output [null, D] for input backbone, ' +
      'received inputs [[null, 4, 4, 3]] and outputs [[null, 4, 4, 3]].',
  );
  expect(() => projectionHead({} as tfl.LayersModel)).toThrow('Expected a tf.LayersModel for input backbone');
  expect(() => projectionHead(backboneOf(6), { units: 0 })).toThrow('for option units, received 0');
});
