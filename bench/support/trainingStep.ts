import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  convEncoder,
  memoryQueue,
  momentumEncoder,
  nonSemanticInfoNCE,
  projectionHead,
  resNet18,
  resNet50,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { mobileNet } from './mobileNet';

const backbones = { conv: convEncoder, resnet18: resNet18, resnet50: resNet50, mobilenet: mobileNet };

/** The measured training step: MoCo v2 with patch negatives, on images already in memory. */
export interface StepOptions {
  encoder: keyof typeof backbones;
  /** Side of the images in pixels. */
  size: number;
  batch: number;
  /** Rows of the queue, K. */
  queue: number;
  /** Non-semantic negatives an image, M. */
  negatives: number;
  /** Whether batch normalization is this package's layer, or tfjs's own. */
  accelerated: boolean;
}

type TrainFunction = (tensors: tf.Tensor[]) => tf.Tensor[];

/** Builds the model, compiled, with fixed noise for images. */
export function trainingStep(options: StepOptions) {
  const { size, batch, queue, negatives, accelerated } = options;
  const shape = [size, size, 3];
  const backboneOptions = { inputShape: shape, ...(accelerated ? { batchNormalization } : {}) };
  const backbone = backbones[options.encoder](backboneOptions);
  const encoder = projectionHead(backbone, { units: 128 });
  const names = ['query', 'key', ...Array.from({ length: negatives }, (_, m) => `negative_${m}`)];
  const inputs = names.map((name) => tfl.input({ name, shape }));
  const embeddings = momentumEncoder({ encoder, momentum: 0.99 }).apply(inputs) as tfl.SymbolicTensor;
  const outputs = memoryQueue({ size: queue }).apply(embeddings) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs, outputs });
  model.compile({
    optimizer: sgd({ learningRate: 0.03, momentum: 0.9, weightDecay: 1e-4 }),
    loss: nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 }),
  });
  const images = names.map((_, i) => tf.randomNormal([batch, ...shape], 0, 1, 'float32', i + 1));
  const labels = tf.zeros([batch, 1]);
  // What fitDataset runs for each batch; made anew, as `compileModel` puts another in its place.
  const train: TrainFunction = (tensors) =>
    (model as unknown as { makeTrainFunction(): TrainFunction }).makeTrainFunction()(tensors);
  return {
    model,
    step: () => tf.dispose(train([...images, labels])),
    /** The loss of one more step, read from the device: everything before it is done then. */
    finish: () => tf.tidy(() => train([...images, labels])[0].dataSync()[0]),
    dispose: () => {
      tf.dispose([...images, labels]);
      model.dispose();
    },
  };
}
