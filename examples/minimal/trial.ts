// Trains a small encoder on pictures without labels, and prints what its features are worth before and after:
// how often the picture that one augmented view was made of is the nearest of 400 that were never trained on.
//   node --import tsx examples/minimal/minimal.ts [FOLDER OF PICTURES]
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveDataset, batchNormalization,
  contrastiveSimilarities, l2Normalize,
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
const folder = await imageFolder(dir, { size: 24, onError: 'skip' });
const pictures: tf.Tensor3D[] = [];
for (let i = 0; i < folder.size && pictures.length < 1600; i += Math.ceil(folder.size / 1600)) {
  const element = await folder.get(i);
  if (element) pictures.push(element.xs);
}
const test = tf.stack(pictures.splice(0, 400)) as tf.Tensor4D;

const augmentation = mocoV2Augmentation({ scale: [0.4, 1], blurProbability: 0 });
const view = augmentation.apply(test, augmentation.sample(test.shape, randomStream(0))) as tf.Tensor4D;
const encoder = convEncoder({ inputShape: [24, 24, 3], filters: [16, 32, 64], batchNormalization: (a) => batchNormalization({ ...a, momentum: 0.9 }) });
async function found(): Promise<string> {
  const ys = tf.range(0, test.shape[0], 1, 'int32');
  const bank = await extractFeatures(encoder, { xs: normalize(test), ys });
  const { top1, top5 } = await knn(await extractFeatures(encoder, { xs: view, ys }), bank, { k: 5 });
  return `${(100 * top1).toFixed(1)} % ${(100 * top5).toFixed(1)}`;
}
console.log(`found before training: ${await found()}`);

const E = process.env;
const dataset = contrastiveDataset(tf.data.array(pictures) as any, { seed: 1, batchSize: Number(process.env.B ?? 48) }).map(twoViews({ augmentation })).map(patchNegative());
const head = projectionHead(encoder);
const optimizer = tf.train.adam(Number(E.LR ?? 2e-3));
const loss = nonSemanticInfoNCE({ alpha: Number(E.ALPHA ?? 1), temperature: Number(E.T ?? 0.2) });
const embed = (images: any) => l2Normalize(head.apply(images, { training: true }) as tf.Tensor2D);
const t0 = Date.now();
for (let e = 0; e < Number(E.EPOCHS ?? 12); e++) {
  let l: any;
  await dataset.forEachAsync(({ xs }: any) => {
    l = optimizer.minimize(() => loss(null, contrastiveSimilarities(embed(xs.query), embed(xs.key), { negatives: E.NEG === '0' ? [] : [embed(xs.negative_0)] })), true);
    tf.dispose(xs);
  });
  if (e % 3 === 2) console.log(e, l.dataSync()[0], await found(), (Date.now() - t0) / 1000, process.cpuUsage().user/1e6);
}
console.log(`found after training: ${await found()}`);
process.exit();
