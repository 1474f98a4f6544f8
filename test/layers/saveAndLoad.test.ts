import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type MemoryQueue, type MomentumEncoder, nonSemanticInfoNCE, sgd } from 'tfjs-nonsemantic-negatives';
import { roundTrip } from '../support/roundTrip';
import { bytesOf } from '../support/tensors';
import { type Contrastive, contrastive, convolutional, inputsOf, mlp, symbolic, trainStep } from './support';

const loss = nonSemanticInfoNCE();
const optimizer = () => sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3 });

const nested = () => {
  const input = tfl.input({ shape: [4, 4, 3] });
  const features = convolutional();
  const head = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [4] })] });
  return tfl.model({ inputs: input, outputs: symbolic(head.apply(symbolic(features.apply(input)))) });
};

/** The parts of a model that was loaded, by their class names. */
function partsOf(model: tfl.LayersModel, { names }: Contrastive): Contrastive {
  const find = (className: string) => model.layers.find((layer) => layer.getClassName() === className);
  const layer = find('NonSemanticMomentumEncoder') as MomentumEncoder;
  return { model, layer, queue: find('NonSemanticMemoryQueue') as MemoryQueue, encoder: layer.encoder, names };
}

const weightsOf = (model: tfl.LayersModel) => model.getWeights().map(bytesOf);

describe.each([
  ['an mlp', mlp],
  ['a model with batch normalization', convolutional],
  ['models within models', nested],
])('of %s as encoder', (_, encoder) => {
  test('restores everything exactly: both encoders, momentum, queue and pointer', async () => {
    const original = contrastive(encoder(), { momentum: 0.7, size: 5, negatives: 2 });
    const loop = optimizer();
    for (let step = 0; step < 3; step++) trainStep(original, loop, loss, step);
    const loaded = partsOf(await roundTrip(original.model), original);
    expect(weightsOf(loaded.model)).toEqual(weightsOf(original.model));
    expect(weightsOf(loaded.encoder)).toEqual(weightsOf(original.encoder));
    expect(weightsOf(loaded.layer.keyEncoder)).toEqual(weightsOf(original.layer.keyEncoder));
    expect(loaded.queue.getWeights().map(bytesOf)).toEqual(original.queue.getWeights().map(bytesOf));
    expect(loaded.queue.getWeights()[1].dataSync()[0]).toBe(12 % 5);
    expect([loaded.layer.momentum, loaded.queue.size]).toEqual([0.7, 5]);
    expect(loaded.model.trainableWeights).toHaveLength(original.model.trainableWeights.length);
    const outputs = [original, loaded].map(({ model }) => bytesOf(model.predict(inputsOf(original)) as tf.Tensor));
    expect(outputs[1]).toBe(outputs[0]);
  });

  test('with the optimizer, the next steps are those of the original, to the bit', async () => {
    const original = contrastive(encoder());
    original.model.compile({ optimizer: optimizer(), loss });
    for (let step = 0; step < 3; step++) trainStep(original, original.model.optimizer, loss, step);
    const loaded = partsOf(await roundTrip(original.model, { includeOptimizer: true }), original);
    const restored = loaded.model.optimizer;
    expect(restored.getClassName()).toBe('NonSemanticSGD');
    expect(restored.getConfig()).toEqual(original.model.optimizer.getConfig());
    expect(restored.iterations).toBe(3);
    for (let step = 3; step < 6; step++) {
      const losses = [original, loaded].map((one) => trainStep(one, one.model.optimizer, loss, step));
      expect(losses[1]).toBe(losses[0]);
    }
    expect(weightsOf(loaded.model)).toEqual(weightsOf(original.model));
  });

  test('without the optimizer’s state the next step would differ', async () => {
    const original = contrastive(encoder());
    const loop = optimizer();
    for (let step = 0; step < 3; step++) trainStep(original, loop, loss, step);
    const loaded = partsOf(await roundTrip(original.model), original);
    trainStep(original, loop, loss, 3);
    trainStep(loaded, optimizer(), loss, 3);
    expect(weightsOf(loaded.model)).not.toEqual(weightsOf(original.model));
  });
});

test('a loaded model trains with compile and fit, its loss knowing the number of negatives', async () => {
  const original = contrastive(mlp(), { negatives: 2 });
  const model = await roundTrip(original.model);
  model.compile({ optimizer: optimizer(), loss });
  const labels = tf.zeros([4, 1 + 8 + 2]); // fit, unlike fitDataset, wants them of the output's shape
  const history = await model.fit(inputsOf(original), labels, { epochs: 2, verbose: 0 });
  expect(history.history.loss.every((value) => Number.isFinite(value as number))).toBe(true);
  expect(() => model.compile({ optimizer: optimizer(), loss: nonSemanticInfoNCE({ negatives: 1 }) })).not.toThrow();
  await expect(model.fit(inputsOf(original), labels, { verbose: 0 })).rejects.toThrow(
    "Expected the model's 2 for option negatives, received 1.",
  );
});

test('a model saved while parts of its encoder are frozen loads the same', async () => {
  const encoder = nested();
  (encoder.layers[1] as tfl.LayersModel).trainable = false;
  const original = contrastive(encoder);
  const loaded = partsOf(await roundTrip(original.model), original);
  // tfjs does not save that a model within a model is frozen, so only the order of their weights differs.
  const byLayer = (layer: tfl.layers.Layer): string[] =>
    layer instanceof tfl.LayersModel ? layer.layers.flatMap(byLayer) : layer.getWeights().map(bytesOf);
  expect(byLayer(loaded.layer.keyEncoder)).toEqual(byLayer(original.layer.keyEncoder));
  expect(byLayer(loaded.encoder)).toEqual(byLayer(original.encoder));
});

test('a queue and an encoder keep their names and options through their configurations', () => {
  const { layer, queue } = contrastive(mlp(), { momentum: 0.75, size: 6 });
  expect(queue.getConfig()).toMatchObject({ size: 6, seed: 0, name: queue.name });
  expect(layer.getConfig()).toMatchObject({ momentum: 0.75, name: layer.name });
});
