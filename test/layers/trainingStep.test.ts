import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  contrastiveAccuracy,
  nonSemanticInfoNCE,
  patchNegative,
  queueSimilarity,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { noiseBatch } from '../support/images';
import { runs } from '../support/runs';
import { bytesOf, countReads, peakTensors } from '../support/tensors';
import { type Contrastive, contrastive, convolutional, inputsOf, mlp, trainStep } from './support';

declare const BACKEND: string;

/** cpu and wasm keep their tensors in host memory, where a slice is a read. */
const onTheDevice = ['cpu', 'wasm'].includes(BACKEND) ? test.skip : test;

const loss = nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 });
const optimizer = () => sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3 });

/** The same batches as a dataset for `fitDataset`. */
function dataset(model: Contrastive, steps: number): tfd.Dataset<tf.TensorContainer> {
  return tfd.array(Array.from({ length: steps }, (_, step) => step)).map((step) => {
    const inputs = inputsOf(model, step as number);
    return { xs: Object.fromEntries(model.names.map((name, i) => [name, inputs[i]])), ys: tf.zeros([4, 1]) };
  });
}

function compile(model: Contrastive): void {
  model.model.compile({ optimizer: optimizer(), loss, metrics: [contrastiveAccuracy, queueSimilarity] });
}

const weightsOf = ({ model }: Contrastive) => model.getWeights().map(bytesOf);

describe.each([
  ['an mlp', mlp, 10 + runs(90)],
  ['convolutions and batch normalization', convolutional, 10 + runs(10)],
] as const)('with %s', (_, encoder, manySteps) => {
  test('compile and fitDataset agree with a loop of optimizer.minimize, to the bit', async () => {
    const [fitted, looped] = [contrastive(encoder()), contrastive(encoder())];
    looped.model.setWeights(fitted.model.getWeights());
    expect(weightsOf(looped)).toEqual(weightsOf(fitted));
    const initial = weightsOf(fitted);
    compile(fitted);
    const history = await fitted.model.fitDataset(dataset(fitted, 5), { epochs: 2, verbose: 0 });
    const loop = optimizer();
    const losses = [0, 1].map(() => [0, 1, 2, 3, 4].map((step) => trainStep(looped, loop, loss, step)));
    expect(weightsOf(looped)).toEqual(weightsOf(fitted));
    expect(weightsOf(fitted)).not.toEqual(initial);
    losses.forEach((epoch, i) => {
      expect(history.history.loss[i]).toBeCloseTo(epoch.reduce((a, b) => a + b) / 5, 5);
    });
  });

  test(`as many tensors are alive after ${manySteps} steps as after 10, in either loop`, async () => {
    const model = contrastive(encoder());
    compile(model);
    const fit = async (steps: number) => {
      await model.model.fitDataset(dataset(model, steps), { epochs: 1, verbose: 0 });
      return tf.memory().numTensors;
    };
    const afterTen = await fit(10);
    expect(await fit(manySteps - 10)).toBe(afterTen);
    const loop = optimizer();
    const run = (steps: number) => {
      for (let step = 0; step < steps; step++) trainStep(model, loop, loss, step);
      return tf.memory().numTensors;
    };
    const afterTenMore = run(10);
    expect(run(manySteps - 10)).toBe(afterTenMore);
  });

  onTheDevice('nothing is read from the device within the train function', () => {
    const model = contrastive(encoder(), { negatives: 2 });
    compile(model);
    const train = (model.model as unknown as { makeTrainFunction(): TrainFunction }).makeTrainFunction();
    const data = [...inputsOf(model), tf.zeros([4, 1])];
    for (let step = 0; step < 3; step++) expect(countReads(() => tf.dispose(train(data)))).toBe(0);
  });
});

type TrainFunction = (data: tf.Tensor[]) => tf.Scalar[];

onTheDevice('nothing is read from the device by views and patches', () => {
  const transforms = [patchNegative(), twoViews(), patchNegative()];
  const images = noiseBatch(5, 16, 16); // more than the 1000 values up to which webgpu may compute on the host
  const run = () => transforms.reduce<tf.TensorContainer>((x, transform) => transform(x), images);
  expect(countReads(run)).toBe(0);
});

test('the model learns: a fixed batch is told apart', () => {
  const encoder = mlp();
  // Of chance weights, some start below where they end.
  encoder.setWeights(encoder.getWeights().map(({ shape }, i) => tf.randomNormal(shape, 0, 0.5, 'float32', i + 1)));
  const model = contrastive(encoder, { momentum: 0.5 });
  const loop = optimizer();
  const losses = Array.from({ length: 40 }, () => trainStep(model, loop, loss, 0));
  expect(losses[39]).toBeLessThan(losses[0]);
});

describe('keys and negatives keep no activations', () => {
  const peakOf = (depth: number, negatives: number) => {
    const model = contrastive(mlp(depth), { negatives });
    const loop = optimizer();
    const xs = inputsOf(model);
    const step = () => {
      loop.minimize(() => loss(null, model.model.apply(xs, { training: true }) as tf.Tensor));
    };
    for (let i = 0; i < 3; i++) step();
    return peakTensors(step);
  };
  /** Tensors alive once the loss is to be computed: what was kept for the gradient, and the inputs of the loss. */
  const keptOf = (depth: number, negatives: number) => {
    const model = contrastive(mlp(depth), { negatives });
    const xs = inputsOf(model);
    let kept = 0;
    const step = () => {
      const before = tf.memory().numTensors;
      const { value, grads } = tf.variableGrads(() => {
        const similarities = model.model.apply(xs, { training: true }) as tf.Tensor;
        kept = tf.memory().numTensors - before;
        return loss(null, similarities);
      });
      tf.dispose([value, grads]);
    };
    step();
    return kept;
  };

  test('tensors kept for the gradient grow with the encoder’s depth only as the query needs', () => {
    const withThree = keptOf(8, 3) - keptOf(2, 3);
    const withNone = keptOf(8, 0) - keptOf(2, 0);
    expect(withNone).toBeGreaterThan(6);
    expect(withThree).toBe(withNone);
  });

  test('the peak of a step grows by a few tensors a negative, whatever the encoder’s depth', () => {
    const growth = (depth: number) => peakOf(depth, 4) - peakOf(depth, 1);
    expect(growth(12)).toBe(growth(4));
    // Its rows, their product with the query, and the like: small ones.
    expect(growth(12)).toBeLessThanOrEqual(3 * 10);
  });
});

test('evaluating and predicting in between leaves the state alone', async () => {
  const model = contrastive(mlp());
  compile(model);
  const before = weightsOf(model);
  const [value] = (await model.model.evaluateDataset(
    dataset(model, 1) as tfd.Dataset<tf.TensorContainerObject>,
    {},
  )) as tf.Scalar[];
  const expected = loss(null, (model.model as tfl.LayersModel).apply(inputsOf(model)) as tf.Tensor);
  expect(value.dataSync()[0]).toBeCloseTo(expected.dataSync()[0], 5);
  expect(weightsOf(model)).toEqual(before);
});
