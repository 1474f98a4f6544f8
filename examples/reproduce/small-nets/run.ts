import * as tf from '@tensorflow/tfjs';
import {
  contrastiveAccuracy,
  contrastiveDataset,
  contrastiveModel,
  embeddingStd,
  l2Normalize,
  mocoV2Augmentation,
  nonSemanticInfoNCE,
  normalize,
  patchNegative,
  projectionHead,
  randomStream,
  removeHead,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { extractFeatures, knn } from 'tfjs-nonsemantic-negatives/evaluation';
import type { LabeledBatch } from '../../evaluate/imageSet';
import { arms } from './arms';
import type { SmallNetData } from './data';
import { makeClassifier, type Net, nets } from './nets';
import type { SmallNetRun } from './results';

const settings = { batchSize: 64, steps: 620 };

/** Trains one net by one arm. */
export async function runArm(net: string, arm: string, seed: number, data: SmallNetData): Promise<SmallNetRun> {
  const inputShape =
    data.name === 'digits' ? (data.train.xs.shape.slice(1) as Net['inputShape']) : nets[net].inputShape;
  const { normalizeOutput, clipNorm, views } = arms[arm];
  const [train, test] = [data.train, data.test].map((set) => toShape(set, inputShape));
  const { backbone, encoder } = seeded(seed, () => {
    const backbone = removeHead(makeClassifier(nets[net], inputShape));
    return { backbone, encoder: projectionHead(backbone, { seed }) };
  });
  const accuracy = () => knnAccuracy(backbone, train, test);
  const untrained = await accuracy();

  const dataset = contrastiveDataset(train.xs, { batchSize: settings.batchSize, smallLastBatch: false, seed })
    .map(twoViews({ augmentation: mocoV2Augmentation(views), seed }))
    .map(patchNegative({ seed }));
  const model = contrastiveModel({ encoder, negatives: 1, queueSize: 4096, momentum: 0.99, normalizeOutput, seed });
  model.compile({
    optimizer: sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 1e-4, clipNorm }),
    loss: nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 }),
    metrics: [contrastiveAccuracy],
  });
  const epochs = Math.ceil(settings.steps / Math.floor(train.xs.shape[0] / settings.batchSize));
  const graph = await compileModel(model, { assumePure: true });
  const { history } = await model.fitDataset(dataset, { epochs, verbose: 0 });
  graph.restore();

  const trained = await accuracy();
  const embeddings = tf.tidy(() => l2Normalize(encoder.predict(normalize(test.xs)) as tf.Tensor2D));
  const spread = (await embeddingStd(embeddings)) * Math.sqrt(embeddings.shape[1]);
  tf.dispose([embeddings, train, test]);
  model.dispose();
  const contrastive = (history.contrastiveAccuracy as number[]).at(-1)!;
  return { data: data.name, net, arm, seed, untrained, trained, spread, contrastiveAccuracy: contrastive };
}

/** The initializers of tfjs ask `Math.random`. */
function seeded<T>(seed: number, make: () => T): T {
  const { random } = Math;
  Math.random = randomStream('weights', seed);
  try {
    return make();
  } finally {
    Math.random = random;
  }
}

function toShape({ xs, ys }: LabeledBatch, [height, width, channels]: readonly number[]): LabeledBatch {
  return tf.tidy(() => {
    const images = channels === 1 ? (tf.mean(xs, 3, true) as tf.Tensor4D) : xs;
    return { xs: tf.clone(tf.image.resizeBilinear(images, [height, width])), ys: tf.clone(ys) };
  });
}

async function knnAccuracy(encoder: tf.LayersModel, train: LabeledBatch, test: LabeledBatch): Promise<number> {
  const featuresOf = async ({ xs, ys }: LabeledBatch) => {
    const normalized = normalize(xs) as tf.Tensor4D;
    const features = await extractFeatures(encoder, { xs: normalized, ys });
    normalized.dispose();
    return features;
  };
  const [bank, queries] = [await featuresOf(train), await featuresOf(test)];
  const { top1 } = await knn(queries, bank);
  tf.dispose([bank, queries]);
  return top1;
}
