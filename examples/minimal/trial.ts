import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as own from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { extractFeatures, knn } from 'tfjs-nonsemantic-negatives/evaluation';
await tf.setBackend('wasm');
await accelerate();
const E = process.env;
const shapes: ((x: number, y: number) => boolean)[] = [
  (x, y) => Math.hypot(x, y) < 0.9, // disc
  (x, y) => y < 0.8 && y > 2 * Math.abs(x) - 0.9, // triangle
  (x, y) => Math.abs(Math.hypot(x, y) - 0.7) < 0.25, // ring
  (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.25 && Math.max(Math.abs(x), Math.abs(y)) < 0.95, // cross
];
const side = Number(E.SIDE ?? 32);
const noise = Number(E.NOISE ?? 0.15);
function picture(i: number, seed: number) {
  const random = own.randomStream(seed, i);
  const between = (min: number, max: number) => min + (max - min) * random();
  const [figure, ground] = [0, 1].map(() => [random(), random(), random()]);
  const [left, top, radius] = [between(0.4, 0.6) * side, between(0.4, 0.6) * side, between(0.28, 0.36) * side];
  const inside = (x: number, y: number) => shapes[i % shapes.length]((x - left) / radius, (y - top) / radius);
  const row = (y: number) => Array.from({ length: side }, (_, x) => (inside(x, y) ? figure : ground).map((v) => Math.min(1, Math.max(0, v + between(-noise, noise)))));
  return { xs: tf.tensor3d(Array.from({ length: side }, (_, y) => row(y))), ys: tf.scalar(i % shapes.length, 'int32') };
}
const pictures = (count: number, seed: number) => Array.from({ length: count }, (_, i) => picture(i, seed));
const [train, test] = [pictures(1024, 1), pictures(512, 2)];
const encoder = own.convEncoder({ inputShape: [side, side, 3], filters: [16, 32, 64] });
const features = (images: typeof train) => extractFeatures(encoder, { xs: own.normalize(tf.stack(images.map(({ xs }) => xs)) as tf.Tensor4D), ys: tf.stack(images.map(({ ys }) => ys)) });
const accuracy = async () => (100 * (await knn(await features(test), await features(train), { k: 20 })).top1).toFixed(1);
console.log('before', await accuracy());
const augmentation = own.mocoV2Augmentation({ scale: [Number(E.SCALE ?? 0.5), 1], blurProbability: 0, hue: 0.5, saturation: 0.8, grayscaleProbability: Number(E.GRAY ?? 0.5), jitterProbability: 1 });
const dataset = own.contrastiveDataset(tf.data.array(train.map(({ xs }) => xs)) as any, { seed: 1, batchSize: 64 }).map(own.twoViews({ augmentation })).map(own.patchNegative());
const head = own.projectionHead(encoder);
const optimizer = tf.train.adam(Number(E.LR ?? 2e-3));
const loss = own.nonSemanticInfoNCE({ alpha: Number(E.ALPHA ?? 1), temperature: Number(E.T ?? 0.2) });
const embed = (images: any) => own.l2Normalize(head.apply(images, { training: true }) as tf.Tensor2D);
for (let e = 0; e < Number(E.EPOCHS ?? 12); e++) {
  let l: any;
  await dataset.forEachAsync(({ xs }: any) => {
    l = optimizer.minimize(() => loss(null, own.contrastiveSimilarities(embed(xs.query), embed(xs.key), { negatives: E.NEG === '0' ? [] : [embed(xs.negative_0)] })), true);
    tf.dispose(xs);
  });
  if (e % 3 === 2) console.log(e, l.dataSync()[0], await accuracy(), process.cpuUsage().user / 1e6);
}
process.exit();
