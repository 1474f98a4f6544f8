// BYOL with patch negatives on CIFAR-10.
//   node --import tsx examples/byol/byol.ts DIR [--epochs 20] [--batch 128] [--alpha 0.1] [--backend wasm]
// DIR is as for examples/cifar10. The loss falls from 4 within the first steps; then it follows a moving target, so
// look at the nearest neighbors at the end rather than at the loss.
import * as tf from '@tensorflow/tfjs';
import {
  batchNormalization,
  byol,
  contrastiveDataset,
  cosineSchedule,
  learningRateScheduler,
  metricHistory,
  mocoV2Augmentation,
  momentumScheduler,
  nonSemanticByol,
  patchNegative,
  predictionHead,
  residualEncoder,
  sgd,
  similarityStatistics,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { type BackendName, chooseBackend, cifar10 } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, usageOf } from '../support/commandLine';
import { knnAccuracy } from '../support/knnAccuracy';

const { values, positionals } = readCommandLine(
  usageOf(import.meta.url),
  {
    epochs: { type: 'string', default: '20' },
    batch: { type: 'string', default: '128' },
    alpha: { type: 'string', default: '0.1' },
    backend: { type: 'string' },
  },
  true,
);
console.log((await chooseBackend(values.backend as BackendName | undefined)).description);
const epochs = Number(values.epochs);
const batchSize = Number(values.batch);
const train = await cifar10(positionals[0], { train: true });
const test = await cifar10(positionals[0], { train: false });

const dataset = contrastiveDataset(train, { seed: 1 })
  .batch(batchSize, false)
  .map(twoViews({ augmentation: mocoV2Augmentation({ scale: [0.2, 1] }) }))
  .map(patchNegative())
  .prefetch(2);

const encoder = residualEncoder({ inputShape: [32, 32, 3] });
const width = encoder.outputs[0].shape[1] as number;
const head = { hiddenUnits: [512], units: 128, batchNormalization };
const projector = predictionHead(width, { ...head, seed: 1 });
const predictor = predictionHead(128, { ...head, seed: 2 });
const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [32, 32, 3] }));
const rows = byol({ encoder, projector, predictor, momentum: 0.99 }).apply(inputs) as tf.SymbolicTensor;
const model = tf.model({ inputs, outputs: rows });

const optimizer = sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 5e-4 });
model.compile({ optimizer, loss: nonSemanticByol({ alpha: Number(values.alpha) }) });
const graph = await compileModel(model); // On tfjs-node, a step is one TensorFlow graph; its results are the same.
const steps = epochs * Math.floor(train.size / batchSize);
const similarities = similarityStatistics({ every: Math.max(1, Math.floor(steps / 5)) });
await model.fitDataset(dataset, {
  epochs,
  verbose: 0,
  callbacks: [
    learningRateScheduler(cosineSchedule({ from: 0.06, epochs })),
    momentumScheduler(cosineSchedule({ from: 0.99, to: 1, steps })),
    metricHistory({ every: 5, onRecord: (r) => console.log(`step ${r.step}: loss ${r.loss.toFixed(3)}`) }),
    similarities,
  ],
});
console.log(graph.report().description);
graph.restore();
for (const { step, rows } of similarities.records) {
  console.log(`step ${step}`);
  console.table(rows);
}

const accuracy = await knnAccuracy(encoder, train, test);
console.log(`weighted kNN accuracy on the test images: ${accuracy.toFixed(2)} %`);
