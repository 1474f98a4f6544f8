import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { nonSemanticInfoNCE, sgd } from 'tfjs-nonsemantic-negatives';
import { contrastive, convolutional, trainStep } from '../layers/support';

declare const BACKEND: string;

/** Three steps, each on its backend. */
async function losses(backends: string[]): Promise<number[]> {
  const values: number[] = [];
  const [model, optimizer] = [contrastive(convolutional()), sgd({ learningRate: 0.1, momentum: 0.9 })];
  for (const weight of model.encoder.trainableWeights) weight.write(tf.fill(weight.shape as number[], 0.1));
  model.layer.keyEncoder.setWeights(model.encoder.getWeights());
  for (const [step, backend] of backends.entries()) {
    await tf.setBackend(backend);
    values.push(trainStep(model, optimizer, nonSemanticInfoNCE(), step));
  }
  return values;
}

afterEach(() => tf.setBackend(BACKEND));

test('training continues after a step on another backend, but on tfjs-node, which mistakes shapes', async () => {
  const switched = () => losses([BACKEND, 'cpu', BACKEND]);
  // As backends.md says.
  if (BACKEND === 'tensorflow') return expect(switched()).rejects.toThrow('must be 4-dimensional');
  const values = await switched();
  const expected = await losses([BACKEND, BACKEND, BACKEND]);
  for (const [i, loss] of values.entries()) expect(loss).toBeCloseTo(expected[i], 4);
});
