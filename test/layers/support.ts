import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type MemoryQueue, type MomentumEncoder, memoryQueue, momentumEncoder } from 'tfjs-nonsemantic-negatives';
import { waves } from '../support/tensors';

export const symbolic = (x: unknown) => x as tfl.SymbolicTensor;

/** `depth` dense layers with tanh, from vectors of 5 to embeddings of 4. */
export function mlp(depth = 2): tfl.LayersModel {
  const input = tfl.input({ shape: [5] });
  let x: tfl.SymbolicTensor = input;
  for (let i = 1; i < depth; i++) x = symbolic(tfl.layers.dense({ units: 6, activation: 'tanh' }).apply(x));
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.dense({ units: 4 }).apply(x)) });
}

/** A convolution, batch normalization and a dense layer, from images of 4 x 4 to embeddings of 4. */
export function convolutional(): tfl.LayersModel {
  const input = tfl.input({ shape: [4, 4, 3] });
  let x = symbolic(tfl.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }).apply(input));
  x = symbolic(tfl.layers.batchNormalization({ momentum: 0.9 }).apply(x));
  x = symbolic(tfl.layers.reLU().apply(x));
  x = symbolic(tfl.layers.globalAveragePooling2d({}).apply(x));
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.dense({ units: 4 }).apply(x)) });
}

export interface Contrastive {
  encoder: tfl.LayersModel;
  layer: MomentumEncoder;
  queue: MemoryQueue;
  model: tfl.LayersModel;
  names: string[];
}

/** The model of the README: inputs, momentum encoder, queue. */
export function contrastive(
  encoder: tfl.LayersModel,
  { negatives = 1, size = 8, momentum = 0.9 }: { negatives?: number; size?: number; momentum?: number } = {},
): Contrastive {
  const names = ['query', 'key', ...Array.from({ length: negatives }, (_, m) => `negative_${m}`)];
  const shape = encoder.inputs[0].shape.slice(1);
  const inputs = names.map((name) => tfl.input({ name, shape }));
  const layer = momentumEncoder({ encoder, momentum });
  const queue = memoryQueue({ size });
  const outputs = symbolic(queue.apply(symbolic(layer.apply(inputs))));
  return { encoder, layer, queue, model: tfl.model({ inputs, outputs }), names };
}

/** A batch for each input, the same for the same step. */
export function inputsOf({ model }: Contrastive, step = 0, batch = 4): tf.Tensor[] {
  return model.inputs.map(({ shape }, i) => {
    const full = [batch, ...(shape.slice(1) as number[])];
    return tf.tensor(waves(tf.util.sizeFromShape(full), 1, step + 10 * i), full);
  });
}

export const valuesOf = (weights: tf.Tensor[]) => weights.map((weight) => Array.from(weight.dataSync()));

export function trainStep(contrastiveModel: Contrastive, optimizer: tf.Optimizer, loss: Loss, step = 0): number {
  return tf.tidy(() => {
    const xs = inputsOf(contrastiveModel, step);
    const value = optimizer.minimize(
      () => loss(null, contrastiveModel.model.apply(xs, { training: true }) as tf.Tensor),
      true,
    );
    return (value as tf.Scalar).dataSync()[0];
  });
}

export type Loss = (yTrue: tf.Tensor | null, yPred: tf.Tensor) => tf.Scalar;
