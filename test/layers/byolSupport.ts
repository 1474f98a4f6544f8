import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Byol, type ByolArgs, byol, nonSemanticByol, predictionHead } from 'tfjs-nonsemantic-negatives';
import { waves } from '../support/tensors';
import { mlp, symbolic } from './support';

export interface ByolModel {
  layer: Byol;
  model: tfl.LayersModel;
}

const heads = () => ({
  projector: predictionHead(4, { hiddenUnits: [5], units: 3, seed: 1 }),
  predictor: predictionHead(3, { hiddenUnits: [5], units: 3, seed: 2 }),
});

/** A model of one byol layer, with `negatives` of them. */
export function byolModel(args: Partial<ByolArgs> = {}, negatives = 1): ByolModel {
  const layer = byol({ encoder: mlp(), ...heads(), momentum: 0.9, ...args });
  const shape = layer.encoder.inputs[0].shape.slice(1);
  const inputs = Array.from({ length: 2 + negatives }, () => tfl.input({ shape }));
  return { layer, model: tfl.model({ inputs, outputs: symbolic(layer.apply(inputs)) }) };
}

/** A batch of 4 for each input. */
export function batches({ model }: ByolModel, phase = 0): tf.Tensor[] {
  return model.inputs.map(({ shape }, i) => {
    const own = [4, ...(shape.slice(1) as number[])];
    return tf.tensor(waves(tf.util.sizeFromShape(own), 1 + i, phase), own);
  });
}

/** One step of the training; returns the loss. */
export function step(byolModel: ByolModel, optimizer: tf.Optimizer, phase = 0, loss = nonSemanticByol()): number {
  const xs = batches(byolModel, phase);
  const value = optimizer.minimize(
    () => loss(null, byolModel.model.apply(xs, { training: true }) as tf.Tensor),
    true,
  ) as tf.Scalar;
  tf.dispose(xs);
  const [number] = value.dataSync();
  value.dispose();
  return number;
}
