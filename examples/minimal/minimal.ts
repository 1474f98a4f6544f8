// Trains a small encoder on pictures without labels, and prints what its features are worth before and after:
// how often the picture that one augmented view was made of is the nearest of 400 that were never trained on.
//   node --import tsx examples/minimal/minimal.ts [FOLDER OF PICTURES]
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveDataset,
  convEncoder,
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
import { extractFeatures, knn } from 'tfjs-nonsemantic-negatives/evaluation';
import { chooseBackend, imageFolder } from 'tfjs-nonsemantic-negatives/node';

console.log((await chooseBackend('wasm')).description);
const dir = process.argv[2] ?? 'node_modules/@lobehub/fluent-emoji-3d/assets';
const folder = await imageFolder(dir, { size: 32, onError: 'skip' });
const pictures: tf.Tensor3D[] = [];
for (let i = 0; i < folder.size && pictures.length < 1600; i += Math.ceil(folder.size / 1600)) {
  const element = await folder.get(i);
  if (element) pictures.push(element.xs);
}
const test = tf.stack(pictures.splice(0, 400)) as tf.Tensor4D;

const augmentation = mocoV2Augmentation({ scale: [0.4, 1], blurProbability: 0 });
const view = augmentation.apply(test, augmentation.sample(test.shape, randomStream(0))) as tf.Tensor4D;
const encoder = convEncoder({ inputShape: [32, 32, 3], filters: [16, 32, 64] });
async function found(): Promise<string> {
  const ys = tf.range(0, test.shape[0], 1, 'int32');
  const bank = await extractFeatures(encoder, { xs: normalize(test), ys });
  const { top1 } = await knn(await extractFeatures(encoder, { xs: view, ys }), bank, { k: 1 });
  return `${(100 * top1).toFixed(1)} %`;
}
console.log(`found before training: ${await found()}`);

const dataset = contrastiveDataset(tf.data.array(pictures) as any, { seed: 1, batchSize: 64 })
  .map(twoViews({ augmentation }))
  .map(patchNegative());
const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [32, 32, 3] }));
const embeddings = momentumEncoder({ encoder: projectionHead(encoder), momentum: 0.99 }).apply(inputs);
const model = tf.model({ inputs, outputs: memoryQueue({ size: 1024 }).apply(embeddings) as any });
const E = process.env;
model.compile({
  optimizer: sgd({ learningRate: Number(E.LR ?? 0.12), momentum: 0.9, weightDecay: 1e-4 }),
  loss: nonSemanticInfoNCE({ alpha: Number(E.ALPHA ?? 2) }),
});
const t0 = Date.now();
await model.fitDataset(dataset as any, {
  epochs: Number(E.EPOCHS ?? 12),
  verbose: 0,
  callbacks: {
    onEpochEnd: async (e: number, l: any) => {
      if (e % 3 === 2) console.log(e, l.loss, await found(), (Date.now() - t0) / 1000);
    },
  },
});
console.log(`found after training: ${await found()}`);
