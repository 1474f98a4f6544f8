import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  contrastiveModel,
  type MocoV2AugmentationArgs,
  mocoV2Augmentation,
  nonSemanticInfoNCE,
  patchNegative,
  randomStream,
  sgd,
  trainingAlarms,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { imageRecall } from '../programs/support/imageRecall';
import { drawShapes } from '../programs/support/shapes';

declare const BACKEND: string;
// The cpu backend, and WebGPU in software, take minutes for what the others do in seconds.
const onFastBackends = ['cpu', 'webgpu'].includes(BACKEND) ? describe.skip : describe;
// Half a minute on wasm.
const onNative = BACKEND === 'tensorflow' || process.env.LONG ? test : test.skip;

/** As tfjs-examples' mnist, without its classifier. */
function makeEncoder(): tfl.LayersModel {
  const conv = { kernelSize: 5, activation: 'relu', kernelInitializer: 'varianceScaling' } as const;
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [20, 20, 1], filters: 8, ...conv }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.layers.conv2d({ filters: 16, ...conv }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 16 }),
    ],
  });
}

interface Settings {
  normalizeOutput?: boolean;
  clipNorm?: number;
  views?: MocoV2AugmentationArgs;
}

/** Recall of held-out images before and after the README's loop, on 256 images without shuffling. */
async function train({ normalizeOutput, clipNorm, views }: Settings): Promise<{ untrained: number; trained: number }> {
  const { random } = Math;
  Math.random = randomStream('collapse');
  const images = drawShapes(0, 256, 20, 1);
  try {
    const encoder = makeEncoder();
    const untrained = await imageRecall(encoder);
    const dataset = data
      .array(tf.unstack(images.xs))
      .batch(32)
      .map(twoViews(views && { augmentation: mocoV2Augmentation(views) }))
      .map(patchNegative());
    const model = contrastiveModel({ encoder, negatives: 1, queueSize: 4096, momentum: 0.99, normalizeOutput });
    model.compile({
      optimizer: sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 1e-4, clipNorm }),
      loss: nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 }),
    });
    await model.fitDataset(dataset, { epochs: 25, verbose: 0, callbacks: trainingAlarms() });
    return { untrained, trained: await imageRecall(encoder) };
  } finally {
    Math.random = random;
    tf.dispose([images.xs, images.ys]);
  }
}

onFastBackends('a net without batch normalization', () => {
  test('learns by the loop of the README', async () => {
    const { untrained, trained } = await train({ clipNorm: 0.1 });
    expect(trained).toBeGreaterThan(untrained + 0.05);
  });

  onNative('forgets by that of MoCo v2 for large images', async () => {
    const { untrained, trained } = await train({
      normalizeOutput: false,
      views: { scale: [0.2, 1], blurProbability: 0.5 },
    });
    expect(trained).toBeLessThan(untrained);
  });
});
