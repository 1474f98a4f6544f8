// Trains a small encoder on pictures without labels. Before and after, it prints how good the features are: how often
// an augmented view finds its own picture among the five nearest of 400 that were never trained on.
//   node --import tsx examples/minimal/minimal.ts [FOLDER OF PICTURES]
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveDataset,
  contrastiveModel,
  convEncoder,
  mocoV2Augmentation,
  nonSemanticInfoNCE,
  normalize,
  patchNegative,
  projectionHead,
  randomStream,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { extractFeatures, knn } from 'tfjs-nonsemantic-negatives/evaluation';
import { chooseBackend, imageFolder } from 'tfjs-nonsemantic-negatives/node';

console.log((await chooseBackend('wasm')).description);
const folder = await imageFolder(process.argv[2] ?? 'node_modules/@lobehub/fluent-emoji-3d/assets', { size: 24 });
const pictures: tf.Tensor3D[] = [];
for (let i = 0; i < folder.size; i += Math.ceil(folder.size / 1700)) pictures.push((await folder.get(i))!.xs);
const test = tf.stack(pictures.splice(0, 400)) as tf.Tensor4D;

const augmentation = mocoV2Augmentation({ scale: [0.4, 1], blurProbability: 0 });
const views = augmentation.apply(test, augmentation.sample(test.shape, randomStream(0)));
const backbone = convEncoder({ inputShape: [24, 24, 3], filters: [16, 32, 64] });

async function found(): Promise<string> {
  const ys = tf.range(0, test.shape[0], 1, 'int32');
  const queries = await extractFeatures(backbone, { xs: views, ys });
  const bank = await extractFeatures(backbone, { xs: normalize(test), ys });
  const { top5 } = await knn(queries, bank, { k: 5 });
  return `${(100 * top5).toFixed(1)} %`;
}
console.log(`found before training: ${await found()}`);

const dataset = contrastiveDataset(tf.data.array(pictures), { seed: 1, batchSize: 48 })
  .map(twoViews({ augmentation }))
  .map(patchNegative());
// Without a queue, the other pictures of the batch are the ordinary negatives: the form for small nets and short runs.
const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticInfoNCE({ temperature: 0.1, alpha: 1 }) });
await model.fitDataset(dataset, {
  epochs: 10,
  verbose: 0,
  callbacks: { onEpochEnd: async (epoch, logs) => console.log(`epoch ${epoch + 1}: loss ${logs!.loss.toFixed(3)}`) },
});
console.log(`found after training: ${await found()}`);
