// MoCo v2 with patch negatives on CIFAR-10.
//   node --import tsx examples/cifar10/cifar10.ts DIR [--epochs 20] [--backend wasm]
// DIR holds the published binary files (data_batch_1.bin … test_batch.bin), or train/ and test/ with class folders.
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveAccuracy,
  contrastiveDataset,
  cosineSchedule,
  learningRateScheduler,
  memoryQueue,
  metricHistory,
  mocoV2Augmentation,
  momentumEncoder,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  residualEncoder,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { type BackendName, chooseBackend, cifar10, fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, usageOf } from '../support/commandLine';
import { knnAccuracy } from '../support/knnAccuracy';

const { values, positionals } = readCommandLine(
  usageOf(import.meta.url),
  { epochs: { type: 'string', default: '20' }, backend: { type: 'string' } },
  true,
);
console.log((await chooseBackend(values.backend as BackendName | undefined)).description);
const epochs = Number(values.epochs);
const train = await cifar10(positionals[0], { train: true });
const test = await cifar10(positionals[0], { train: false });

const batchSize = 128;
const dataset = contrastiveDataset(train, { seed: 1 })
  .batch(batchSize, false)
  .map(twoViews({ augmentation: mocoV2Augmentation({ scale: [0.2, 1] }) }))
  .map(patchNegative())
  .prefetch(2);

const backbone = residualEncoder({ inputShape: [32, 32, 3] });
const encoder = projectionHead(backbone);
const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [32, 32, 3] }));
const embeddings = momentumEncoder({ encoder, momentum: 0.99 }).apply(inputs);
const model = tf.model({ inputs, outputs: memoryQueue({ size: 4096 }).apply(embeddings) as tf.SymbolicTensor });

const optimizer = sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 5e-4 });
model.compile({ optimizer, loss: nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 }), metrics: [contrastiveAccuracy] });
const graph = await compileModel(model); // On tfjs-node, a step is one TensorFlow graph; its results are the same.
const schedule = cosineSchedule({ from: 0.06, epochs });
const log = metricHistory({ every: 50, onRecord: (r) => console.log(`step ${r.step}: loss ${r.loss.toFixed(3)}`) });
await model.fitDataset(dataset, { epochs, verbose: 0, callbacks: [learningRateScheduler(schedule), log] });
console.log(graph.report().description);
graph.restore();

const accuracy = await knnAccuracy(backbone, train, test);
console.log(`weighted kNN accuracy on the test images: ${accuracy.toFixed(2)} %`);
await backbone.save(fileSystem('runs/cifar10/encoder'));
