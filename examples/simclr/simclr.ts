// SimCLR with patch negatives on CIFAR-10, in a custom loop: the other images of a batch are the ordinary negatives.
//   node --import tsx examples/simclr/simclr.ts DIR [--epochs 20] [--batch 128] [--backend wasm]
// DIR is as for examples/cifar10.
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveDataset,
  contrastiveSimilarities,
  cosineSchedule,
  l2Normalize,
  mocoV2Augmentation,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  residualEncoder,
  setLearningRate,
  sgd,
  summarizeSimilarities,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compiled } from 'tfjs-nonsemantic-negatives/accelerate';
import { type BackendName, chooseBackend, cifar10 } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, usageOf } from '../support/commandLine';
import { knnAccuracy } from '../support/knnAccuracy';

const { values, positionals } = readCommandLine(
  usageOf(import.meta.url),
  {
    epochs: { type: 'string', default: '20' },
    batch: { type: 'string', default: '128' },
    backend: { type: 'string' },
  },
  true,
);
console.log((await chooseBackend(values.backend as BackendName | undefined)).description);
const train = await cifar10(positionals[0], { train: true });
const test = await cifar10(positionals[0], { train: false });

const dataset = contrastiveDataset(train, { seed: 1 })
  .batch(Number(values.batch), false)
  .map(twoViews({ augmentation: mocoV2Augmentation({ scale: [0.2, 1] }) }))
  .map(patchNegative())
  .prefetch(2);

const backbone = residualEncoder({ inputShape: [32, 32, 3] });
const encoder = projectionHead(backbone);
const loss = nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 });
const optimizer = sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 5e-4 });
const schedule = cosineSchedule({ from: 0.06, epochs: Number(values.epochs) });
const weights = encoder.trainableWeights.map((weight) => weight.read() as tf.Variable);

// SimCLR has one encoder, and gradients flow through all that it embeds: views and negatives.
const embed = (x: tf.Tensor) => l2Normalize(encoder.apply(x, { training: true }) as tf.Tensor);
// On tfjs-node, a step is one TensorFlow graph; its results are the same.
const step = compiled((xs: { query: tf.Tensor; key: tf.Tensor; negative_0: tf.Tensor }) => {
  let similarities: tf.Tensor | undefined;
  const value = optimizer.minimize(
    () => {
      const [query, key, negative] = [xs.query, xs.key, xs.negative_0].map(embed);
      // Each view in turn is the query, as in SimCLR; a patch negative belongs to the query view alone.
      const forward = contrastiveSimilarities(query, key, { negatives: [negative] });
      const backward = contrastiveSimilarities(key, query);
      similarities = tf.keep(tf.clone(forward));
      return tf.div(tf.add(loss(null, forward), loss(null, backward)), 2);
    },
    true,
    weights,
  ) as tf.Scalar;
  return { value, similarities: similarities as tf.Tensor };
});
for (let epoch = 0; epoch < Number(values.epochs); epoch++) {
  setLearningRate(optimizer, schedule(epoch));
  let sum = tf.scalar(0);
  let steps = 0;
  let last: tf.Tensor | undefined;
  await dataset.forEachAsync((element) => {
    const { xs } = element as unknown as { xs: Parameters<typeof step>[0] };
    const { value, similarities } = step(xs);
    const total = tf.add(sum, value) as tf.Scalar;
    tf.dispose([sum, value, xs, last]);
    [sum, last] = [total, similarities];
    steps++;
  });
  console.log(`epoch ${epoch + 1}: loss ${((await sum.data())[0] / steps).toFixed(3)}, ${step.report().description}`);
  sum.dispose();
  if (last) console.table((await summarizeSimilarities(last, { negatives: 1 })).rows);
  last?.dispose();
}

const accuracy = await knnAccuracy(backbone, train, test);
console.log(`weighted kNN accuracy on the test images: ${accuracy.toFixed(2)} %`);
