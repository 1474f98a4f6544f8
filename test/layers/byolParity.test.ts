import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { byol, nonSemanticByol, predictionHead, sgd } from 'tfjs-nonsemantic-negatives';
import { maxDifference } from '../support/tensors';
import { symbolic } from './support';

type Nested = number | Nested[];
type Parameters = Record<string, Nested>;

/** Steps of a PyTorch implementation of the formula, by test/fixtures/byol.py. */
const fixture: {
  config: {
    alpha: number;
    queryNegatives: number;
    keyNegatives: number;
    side: number;
    sgd: { lr: number; momentum: number; weight_decay: number };
  };
  initial: { encoder: Parameters; projector: Parameters; predictor: Parameters };
  steps: {
    momentum: number;
    images: Nested[];
    rows: Nested;
    loss: number;
    encoder: Parameters;
    projector: Parameters;
    predictor: Parameters;
    target: Parameters;
  }[];
} = JSON.parse(readFileSync(join(__dirname, '../fixtures/byol.json'), 'utf8'));

const tolerance = 1e-4;

test('steps follow PyTorch: rows, loss, weights of all parts and of the target network', () => {
  const { config, initial, steps } = fixture;
  const encoder = buildEncoder(config.side);
  const head = { hiddenUnits: [6], units: 4, batchNormalization: tfl.layers.batchNormalization };
  const projector = predictionHead(5, { ...head });
  const predictor = predictionHead(4, { ...head });
  for (const [model, values] of [
    [encoder, initial.encoder],
    [projector, initial.projector],
    [predictor, initial.predictor],
  ] as const)
    parametersOf(model).forEach((weight, i) => {
      weight.write(fromPyTorch(Object.values(values)[i]));
    });
  const layer = byol({ encoder, projector, predictor, keyNegatives: config.keyNegatives });
  const inputs = steps[0].images.map(() => tfl.input({ shape: [config.side, config.side, 3] }));
  const model = tfl.model({ inputs, outputs: symbolic(layer.apply(inputs)) });
  const loss = nonSemanticByol({ alpha: config.alpha });
  const { lr, momentum, weight_decay } = config.sgd;
  const optimizer = sgd({ learningRate: lr, momentum, weightDecay: weight_decay });

  for (const step of steps) {
    layer.momentum = step.momentum;
    const xs = step.images.map((images) => tf.tensor4d(images as number[][][][]));
    let rows = tf.zeros([0]);
    const value = optimizer.minimize(() => {
      const output = model.apply(xs, { training: true }) as tf.Tensor;
      rows = tf.keep(tf.clone(output));
      return loss(null, output);
    }, true) as tf.Scalar;
    expect(maxDifference(rows, tf.tensor3d(step.rows as number[][][]))).toBeLessThan(tolerance);
    expect(Math.abs(value.dataSync()[0] - step.loss)).toBeLessThan(tolerance);
    expectWeights(encoder, step.encoder);
    expectWeights(projector, step.projector);
    expectWeights(predictor, step.predictor);
    expectWeights(layer.target, step.target);
  }
});

function buildEncoder(side: number): tfl.LayersModel {
  const input = tfl.input({ shape: [side, side, 3] });
  const filtered = symbolic(
    tfl.layers.conv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'relu' }).apply(input),
  );
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.globalAveragePooling2d({}).apply(filtered)) });
}

/** In PyTorch's order, models within the model included. */
function parametersOf(model: tfl.LayersModel): tfl.LayerVariable[] {
  return model.layers.flatMap((layer) =>
    layer instanceof tfl.LayersModel
      ? parametersOf(layer)
      : layer.weights.filter(({ originalName }) => !/moving_(mean|variance)/.test(originalName)),
  );
}

function fromPyTorch(value: Nested): tf.Tensor {
  const tensor = tf.tensor(value as number[][][][]);
  if (tensor.rank === 4) return tf.transpose(tensor, [2, 3, 1, 0]);
  return tensor.rank === 2 ? tf.transpose(tensor) : tensor;
}

function expectWeights(model: tfl.LayersModel, expected: Parameters): void {
  const weights = parametersOf(model);
  expect(weights).toHaveLength(Object.keys(expected).length);
  weights.forEach((weight, i) => {
    expect(maxDifference(weight.read(), fromPyTorch(Object.values(expected)[i]))).toBeLessThan(tolerance);
  });
}
