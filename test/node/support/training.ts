import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  contrastiveDataset,
  convEncoder,
  type ImageSource,
  memoryQueue,
  mocoV2Augmentation,
  momentumEncoder,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  sgd,
  textureNegative,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { noise } from '../../support/images';

export interface TrainingSettings {
  optimizer?: () => tf.Optimizer;
  /** Images that cannot be read. */
  unreadable?: number[];
  images?: number;
  units?: number;
  seed?: number;
  /** Whether texture negatives are made too, which take time. */
  texture?: boolean;
}

/** A small training with every transform, built anew: images of 8 x 8, batches of 4, and a queue that wraps. */
export function makeTraining(settings: TrainingSettings = {}) {
  const { optimizer = () => sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4, clipNorm: 1 }) } = settings;
  const { unreadable = [], images = 14, units = 4, seed = 3, texture = false } = settings;
  const source: ImageSource = {
    size: images,
    get: (index) => (unreadable.includes(index) ? undefined : tf.tensor3d(noise(8, 8, 3, index))),
  };
  const backbone = convEncoder({ inputShape: [8, 8, 3], filters: [4, 6], seed, batchNormalization });
  const encoder = projectionHead(backbone, { units, seed });
  const names = ['query', 'key', 'negative_0', ...(texture ? ['negative_1'] : [])];
  const inputs = names.map((name) => tfl.input({ name, shape: [8, 8, 3] }));
  const embeddings = momentumEncoder({ encoder, momentum: 0.9 }).apply(inputs) as tfl.SymbolicTensor;
  const outputs = memoryQueue({ size: 10, seed }).apply(embeddings) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs, outputs });
  model.compile({ optimizer: optimizer(), loss: nonSemanticInfoNCE() });
  const dataset = contrastiveDataset(source, { seed, batchSize: 4 });
  const raw: tfd.Dataset<tf.TensorContainer> = dataset;
  const elements = (texture ? raw.map(textureNegative({ exemplarSize: 8, quality: 'fast', seed })) : raw)
    .map(twoViews({ augmentation: mocoV2Augmentation({ size: 8 }), seed }))
    .map(patchNegative({ patchRange: [2, 5], seed }))
    .prefetch(2);
  return { model, dataset, elements };
}

/** All weights and optimizer slots, as bytes. */
export async function stateBytes(model: tfl.LayersModel): Promise<string> {
  const slots = await (model.optimizer as tf.Optimizer).getWeights();
  const tensors = [...model.getWeights(), ...slots.map(({ tensor }) => tensor)];
  const bytes = await Promise.all(
    tensors.map(async (x) => {
      const { buffer, byteOffset, byteLength } = await x.data();
      return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
    }),
  );
  slots[0].tensor.dispose();
  return bytes.join('\n');
}
