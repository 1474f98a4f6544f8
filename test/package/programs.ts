/** What the consumers of the package run. */

/** Two steps of the README's loop, then the model saved and loaded; prints the shapes. */
const body = (tfjs: string) => `
async function main() {
  await tf.setBackend('cpu');
  const input = tfl.input({ shape: [4, 4, 3] });
  const pooled = tfl.layers.globalAveragePooling2d({}).apply(input);
  const encoder = tfl.model({ inputs: input, outputs: tfl.layers.dense({ units: 3 }).apply(pooled) });
  const dataset = tfd.array([tf.ones([4, 4, 3]), tf.zeros([4, 4, 3])]).batch(2)
    .map(own.twoViews()).map(own.patchNegative());
  const inputs = ['query', 'key', 'negative_0'].map((name) => tfl.input({ name, shape: [4, 4, 3] }));
  const embeddings = own.momentumEncoder({ encoder }).apply(inputs);
  const model = tfl.model({ inputs, outputs: own.memoryQueue({ size: 4 }).apply(embeddings) });
  model.compile({ optimizer: own.sgd({ learningRate: 0.1 }), loss: own.nonSemanticInfoNCE() });
  const { history } = await model.fitDataset(dataset, { epochs: 2, verbose: 0 });
  let saved;
  await model.save({ save: async (artifacts) => { saved = artifacts; return { modelArtifactsInfo: {} }; } });
  const loaded = await tfl.loadLayersModel({ load: async () => saved });
  if (!history.loss.every(Number.isFinite)) throw new Error('The loss is ' + history.loss);
  console.log(JSON.stringify({ ${tfjs}, layers: loaded.layers.map((layer) => layer.getClassName()) }));
}
main().catch((error) => { console.error(error); process.exit(1); });
`;

const version = 'tfjs: tf.version_core ?? tf.version.tfjs';

/** Reads a pass from a thread, and prints what an element is and how many there are. */
const reading = `
async function main() {
  await tf.setBackend('cpu');
  const transforms = [own.twoViews(), own.patchNegative({ patchRange: [1, 2] })];
  const dataset = await node.workerDataset(tf.zeros([4, 4, 4, 3]), transforms, { batchSize: 2 });
  const elements = await dataset.toArray();
  console.log(\`\${Object.keys(elements[0].xs)} \${elements[0].xs.query.shape} \${elements.length}\`);
}
main().catch((error) => { console.error(error); process.exit(1); });
`;

/** Loads a model that holds a queue, which `imports` make known; prints the shape of its output. */
const loading = (imports: string) => `
import * as tf from '@tensorflow/tfjs';${imports}
const queue = { className: 'NonSemanticMemoryQueue', config: { name: 'queue', size: 4, seed: 0 } };
const input = { className: 'InputLayer', config: { batchInputShape: [null, 3, 5], dtype: 'float32', name: 'input' } };
const layers = [{ ...input, name: 'input', inboundNodes: [] }, { ...queue, name: 'queue', inboundNodes: [[['input', 0, 0, {}]]] }];
const config = { name: 'model', layers, inputLayers: [['input', 0, 0]], outputLayers: [['queue', 0, 0]] };
tf.setBackend('cpu').then(async () => {
  const modelTopology = { model_config: { class_name: 'Model', config } };
  const model = await tf.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs: [], weightData: new ArrayBuffer(0) }) }, { strict: false });
  console.log(JSON.stringify(model.outputs[0].shape));
}).catch((error) => { console.error(error); process.exit(1); });
`;

export const programs = {
  'esm.mjs': `
import * as tf from '@tensorflow/tfjs';
import * as own from 'tfjs-nonsemantic-negatives';
import 'tfjs-nonsemantic-negatives/accelerate';
const [tfl, tfd] = [tf, tf.data];
${body(version)}`,
  'cjs.cjs': `
const tf = require('@tensorflow/tfjs');
const own = require('tfjs-nonsemantic-negatives');
require('tfjs-nonsemantic-negatives/accelerate');
const [tfl, tfd] = [tf, tf.data];
${body(version)}`,
  'thread.mjs': `
import * as tf from '@tensorflow/tfjs';
import * as own from 'tfjs-nonsemantic-negatives';
import * as node from 'tfjs-nonsemantic-negatives/node';
${reading}`,
  'thread.cjs': `
const tf = require('@tensorflow/tfjs');
const own = require('tfjs-nonsemantic-negatives');
const node = require('tfjs-nonsemantic-negatives/node');
${reading}`,
  'separate.mjs': `
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import * as tfd from '@tensorflow/tfjs-data';
import '@tensorflow/tfjs-backend-cpu';
import * as own from 'tfjs-nonsemantic-negatives';
${body(version)}`,
  /** What an application does: trains with metrics, then measures what the features are worth. */
  'application.mjs': `
import * as tf from '@tensorflow/tfjs';
import * as own from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { extractFeatures, knn } from 'tfjs-nonsemantic-negatives/evaluation';
async function main() {
  await tf.setBackend('cpu');
  await accelerate();
  const encoder = own.convEncoder({ inputShape: [8, 8, 3], filters: [4] });
  const images = tf.data.array([tf.ones([8, 8, 3]), tf.zeros([8, 8, 3])]);
  const dataset = images.batch(2).map(own.twoViews()).map(own.patchNegative());
  const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [8, 8, 3] }));
  const outputs = own.memoryQueue({ size: 4 }).apply(own.momentumEncoder({ encoder }).apply(inputs));
  const model = tf.model({ inputs, outputs });
  const metrics = [own.contrastiveAccuracy, own.keySimilarity, own.queueSimilarity, own.negativeSimilarity];
  model.compile({ optimizer: own.sgd({ learningRate: 0.01 }), loss: own.nonSemanticInfoNCE(), metrics });
  const { history } = await model.fitDataset(dataset, { epochs: 2, verbose: 0 });
  if (!Object.values(history).flat().every(Number.isFinite)) throw new Error(JSON.stringify(history));
  const labeled = tf.data.array([0, 1].map((i) => ({ xs: tf.randomUniform([8, 8, 3], 0, 1, 'float32', i), ys: tf.scalar(i, 'int32') })));
  const features = await extractFeatures(encoder, labeled.batch(2));
  const { top1 } = await knn(features, features, { k: 1 });
  console.log(JSON.stringify({ metrics: Object.keys(history), top1 }));
}
main();
`,
  /** What a program on Node does that a bundler makes one file of. */
  'node.mjs': `
import * as tf from '@tensorflow/tfjs';
import { contrastiveDataset } from 'tfjs-nonsemantic-negatives';
import { chooseBackend, imageFolder } from 'tfjs-nonsemantic-negatives/node';
async function main() {
  const { name: backend } = await chooseBackend();
  const images = await imageFolder('pictures');
  const [{ xs }] = await contrastiveDataset(images, { seed: 0 }).toArray();
  const missing = await chooseBackend('tfjs-node').catch((error) => error.packageName);
  console.log(JSON.stringify({ backend, shape: xs.shape, missing }));
}
main().catch((error) => { console.error(error); process.exit(1); });
`,
  /** Loaded first, so that tfjs takes Node for a browser. */
  'browser.mjs': `
globalThis.window = globalThis;
globalThis.document = {};
Object.defineProperty(process, 'versions', { value: {} });
`,
  /** Only loads a model: `registerLayers` alone brings the layers in. */
  'registered.mjs': loading(`
import { registerLayers } from 'tfjs-nonsemantic-negatives';
registerLayers();`),
  /** The same by the import alone, which suffices in Node; a bundle drops it. */
  'imported.mjs': loading(`
import 'tfjs-nonsemantic-negatives';`),
  /** Type-checked under every moduleResolution, as an ES module and as CommonJS. */
  'types.ts': `
import * as tfl from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ArgumentError, convEncoder, memoryQueue, momentumEncoder, nonSemanticInfoNCE, type Transform, twoViews } from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { fileSystem, imageFolder } from 'tfjs-nonsemantic-negatives/node';
export const encoder: LayersModel = convEncoder({ inputShape: [32, 32, 3] });
export const transform: Transform = twoViews({ size: 32 });
export const size: number = memoryQueue({ size: 4 }).size;
export const key: LayersModel = momentumEncoder({ encoder }).keyEncoder;
// @ts-expect-error: a misspelled option
nonSemanticInfoNCE({ temprature: 1 });
export const all = [tfl.model, accelerate, fileSystem, imageFolder, ArgumentError];
`,
};
