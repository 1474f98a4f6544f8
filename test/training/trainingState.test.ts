import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { byol, nonSemanticByol, restoreTraining, sgd, trainingArtifacts } from 'tfjs-nonsemantic-negatives';
import { bytesOf, waves } from '../support/tensors';

const compiled = (model: tfl.LayersModel, loss: unknown = 'meanSquaredError') => {
  model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: loss as 'meanSquaredError' });
  return model;
};
const dense = (name: string, units = 3) =>
  tfl.layers.dense({ name, units, inputShape: [3], kernelInitializer: tfl.initializers.randomUniform({ seed: 1 }) });

/** Layers of one shape, so that nothing but their names tells their velocities apart. */
const stack = (...names: string[]) =>
  compiled(tfl.sequential({ layers: names.map((name) => dense(name)) }) as tfl.LayersModel);

/** BYOL of three parts whose layers have one name. */
function selfPrediction(): tfl.LayersModel {
  const part = () => tfl.sequential({ layers: [dense('same')] });
  const inputs = ['query', 'key'].map((name) => tfl.input({ name, shape: [3] }));
  const layer = byol({ encoder: part(), projector: part(), predictor: part(), momentum: 0.9 });
  return compiled(tfl.model({ inputs, outputs: layer.apply(inputs) as tfl.SymbolicTensor }), nonSemanticByol());
}

async function train(model: tfl.LayersModel, steps: number): Promise<void> {
  const views = model.inputs.map((_, i) => tf.tensor2d(waves(12, 1, i), [4, 3]));
  const ysShape = [4, ...(model.outputs[0].shape.slice(1) as number[])];
  const ys = tf.tensor(waves(tf.util.sizeFromShape(ysShape), 1, 5), ysShape);
  for (let step = 0; step < steps; step++) await model.trainOnBatch(views.length > 1 ? views : views[0], ys);
  tf.dispose([views, ys]);
}

const bytes = (model: tfl.LayersModel) => model.getWeights().map(bytesOf);

test.each<[string, () => tfl.LayersModel, () => tfl.LayersModel]>([
  ['of the same names', () => stack('a', 'b'), () => stack('a', 'b')],
  ['of other names', () => stack('c1', 'c2'), () => stack('c2', 'c3')],
  ['of the same names in another order', () => stack('d', 'e'), () => stack('e', 'd')],
  ['of one name', selfPrediction, selfPrediction],
])('a model with layers %s continues like the saved one, to the bit', async (_, first, second) => {
  const [whole, resumed] = [first(), second()];
  await train(whole, 2);
  const artifacts = await trainingArtifacts({ model: whole }, { epoch: 1, batch: 2, extra: 'more' });
  await train(whole, 2);
  expect(await restoreTraining({ model: resumed }, artifacts)).toMatchObject({
    ...{ epoch: 1, batch: 2, step: 2, extra: 'more' },
  });
  await train(resumed, 2);
  expect(bytes(resumed)).toEqual(bytes(whole));
});

test('slots are named after the places of their variables', async () => {
  const model = stack('f', 'g');
  await train(model, 1);
  const { weightSpecs } = await trainingArtifacts({ model }, { epoch: 0, batch: 1 });
  const slots = weightSpecs.filter(({ group }) => group === 'optimizer').map(({ name }) => name);
  expect(slots).toEqual([
    'iter',
    ...['0/f/kernel/velocity', '1/f/bias/velocity', '2/g/kernel/velocity', '3/g/bias/velocity'],
  ]);
});
