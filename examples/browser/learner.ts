import * as tf from '@tensorflow/tfjs';
import {
  batchNormalization,
  contrastiveAccuracy,
  convEncoder,
  cosineSchedule,
  l2Normalize,
  memoryQueue,
  mocoV2Augmentation,
  momentumEncoder,
  nonSemanticInfoNCE,
  normalize,
  patchNegative,
  projectionHead,
  randomStream,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { pixels, view } from './examples';
import { trainedSide } from './pictures';
import type { Settings } from './settings';

export const temperature = 0.2;
const batchSize = 32;
const learningRate = 0.06;

/** The loss at one step, and the share of queries whose key scored highest. */
export interface Step {
  step: number;
  loss: number;
  found: number;
}

export interface TrainingOptions {
  steps: number;
  settings: Settings;
  /** Whether patches of the query are negatives. */
  patches: boolean;
}

/** A small encoder with its moving average and its memory of keys: MoCo's model, for `pictures` pictures. */
export class Learner {
  /** The part to keep after training: `[N, 32, 32, 3]` to features `[N, 128]`. */
  readonly backbone = convEncoder({
    inputShape: [trainedSide, trainedSide, 3],
    filters: [16, 32, 64, 128],
    batchNormalization,
  });
  readonly encoder = projectionHead(this.backbone, { units: 64 });
  readonly momentum = momentumEncoder({ encoder: this.encoder, momentum: 0.99 });
  readonly queue;
  readonly batchSize: number;

  constructor(pictures: number) {
    this.batchSize = Math.min(batchSize, pictures);
    // Keys of more than half a round through the pictures would often be of the query's own picture.
    this.queue = memoryQueue({ size: Math.max(this.batchSize, Math.floor(pictures / 2)) });
    const [query, key] = ['query', 'key'].map((name) => tf.input({ name, shape: [trainedSide, trainedSide, 3] }));
    this.queue.apply(this.momentum.apply([query, key]));
  }

  /** Features as unit rows, `[N, 128]`. */
  embed(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => l2Normalize(this.backbone.predict(normalize(images)) as tf.Tensor2D));
  }

  /**
   * Trains step by step; the page stays responsive in between.
   *
   * @param images int32 `[N, 32, 32, 3]`.
   * @param textures One per image, made beforehand as in the paper; or none.
   */
  async *train(images: tf.Tensor4D, textures: tf.Tensor4D | undefined, options: TrainingOptions): AsyncGenerator<Step> {
    const { steps, settings } = options;
    const views = twoViews({ augmentation: mocoV2Augmentation(view) });
    const [min, max] = settings.patchRange.map((percent) => pixels(percent, trainedSide));
    const resample = patchNegative({ patchRange: [min, max] });
    const loss = nonSemanticInfoNCE({ temperature, alpha: settings.alpha });
    const rate = cosineSchedule({ from: learningRate, steps, warmUp: Math.min(20, steps / 5) });
    const optimizer = sgd({ learningRate, momentum: 0.9, weightDecay: 1e-4 });
    const order = shuffledForever(images.shape[0]);

    const makeBatch = () => {
      const rows = tf.tensor1d(
        Array.from({ length: this.batchSize }, () => order.next().value),
        'int32',
      );
      const image = tf.gather(images, rows);
      const batch = views({ xs: textures ? { image, negative_0: tf.gather(textures, rows) } : { image }, ys: rows });
      const { query, key, ...negatives } = (options.patches ? resample(batch) : batch).xs;
      return [query, key, ...Object.values(negatives)];
    };
    try {
      for (let step = 0; step < steps; step++) {
        optimizer.setLearningRate(rate(step));
        const results = tf.tidy(() => {
          const batch = makeBatch();
          let found: tf.Tensor | undefined;
          const value = optimizer.minimize(() => {
            const similarities = this.apply(batch);
            found = tf.keep(contrastiveAccuracy(similarities, similarities));
            return loss(null, similarities);
          }, true) as tf.Scalar;
          return [value, found as tf.Tensor];
        });
        const [[value], [found]] = await Promise.all(results.map((result) => result.data()));
        tf.dispose(results);
        yield { step: step + 1, loss: value, found };
        await tf.nextFrame();
      }
    } finally {
      optimizer.dispose();
    }
  }

  private apply(batch: tf.Tensor[]): tf.Tensor {
    const embeddings = this.momentum.apply(batch, { training: true });
    return this.queue.apply(embeddings as tf.Tensor, { training: true }) as tf.Tensor;
  }

  dispose(): void {
    for (const weight of [...this.encoder.weights, ...this.momentum.keyEncoder.weights, ...this.queue.weights])
      weight.dispose();
  }
}

/** Yields round after round, each in a new order. */
function* shuffledForever(size: number): Generator<number, never> {
  for (let round = 0; ; round++) {
    const random = randomStream('order', round);
    const keys = Array.from({ length: size }, () => random());
    yield* keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b]);
  }
}
