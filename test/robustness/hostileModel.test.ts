import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { convEncoder, memoryQueue, momentumEncoder } from 'tfjs-nonsemantic-negatives';
import { free } from './values';

// What is tfjs's own (a topology that is no graph, weights without a name) is out of reach here: fileSystem() of the
// node entry checks the files before tfjs sees them.

type Json = { [name: string]: unknown };

/** The saved model of the README's loop, as text and weights. */
async function savedModel() {
  const encoder = convEncoder({ inputShape: [4, 4, 3], filters: [3] });
  const inputs = ['query', 'key'].map((name) => tfl.input({ name, shape: [4, 4, 3] }));
  const embeddings = momentumEncoder({ encoder }).apply(inputs) as tfl.SymbolicTensor;
  const outputs = memoryQueue({ size: 4, name: 'queue' }).apply(embeddings) as tfl.SymbolicTensor;
  let saved: tf.io.ModelArtifacts = {};
  await tfl.model({ inputs, outputs }).save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return saved;
}

let saved: tf.io.ModelArtifacts;
beforeAll(async () => {
  saved = await savedModel();
});

/** Loads the model with the configuration of one class changed. */
function load(className: string, change: (config: Json) => Json | undefined) {
  const modelTopology = JSON.parse(JSON.stringify(saved.modelTopology), (_, value) => {
    if (value?.class_name !== className) return value;
    return { ...value, config: change(value.config) };
  });
  return tfl.loadLayersModel(tf.io.fromMemory({ ...saved, modelTopology }));
}

test('the undamaged model loads', async () => {
  const model = await load('NonSemanticMemoryQueue', (config) => config);
  expect(model.outputs[0].shape).toEqual([null, 5]);
  free(model);
});

const wrong = [-1, 0, 0.5, Number.MAX_SAFE_INTEGER, 1e300, '4', null, [4], {}, true];

test.each(wrong.filter((value) => !(Number.isInteger(value) && Number(value) > 0 && Number(value) <= 2 ** 24)))(
  'a queue of size %p is refused by name',
  async (size) => {
    await expect(load('NonSemanticMemoryQueue', (config) => ({ ...config, size }))).rejects.toMatchObject({
      name: 'ArgumentError',
      subject: 'option size',
    });
  },
);

/** The most memory that this process has had so far. */
const peakBytes = () => process.resourceUsage().maxRSS * 1024;

test.each([5, 1e6, 2 ** 24])('a false size of %p is refused by its weights, before any work on it', async (size) => {
  const before = peakBytes();
  await expect(load('NonSemanticMemoryQueue', (config) => ({ ...config, size }))).rejects.toThrow(
    `Shape mismatch: [${size},3] vs. [4,3]`,
  );
  // wasm has its own copy of the zeros that tfjs starts from; making and scaling keys took four times that.
  expect(peakBytes() - before).toBeLessThan(150e6 + size * 3 * 4);
});

test('a queue beyond 1 GiB is refused before any of it is allocated', () => {
  const before = peakBytes();
  const build = (size: number) => memoryQueue({ size }).build([null, 3, 1024]);
  expect(() => build(2 ** 18 + 1)).toThrow(
    'Expected an integer of at most 262144 for option size (queueSize), received 262145.',
  );
  expect(() => build(2 ** 24)).toThrow('for option size (queueSize), received 16777216.');
  expect(peakBytes() - before).toBeLessThan(100e6);
});

test.each<[string, Json]>([
  ['momentum', { momentum: 2 }],
  ['momentum', { momentum: 'x' }],
  ['encoder', { encoder: null }],
  ['encoder', { encoder: { class_name: 'Nonsense', config: {} } }],
  ['encoder', { encoder: 3 }],
  ['the options', { surprise: 1 }],
])('a momentum encoder with a wrong %s is refused: %p', async (_, change) => {
  await expect(load('NonSemanticMomentumEncoder', (config) => ({ ...config, ...change }))).rejects.toThrow(
    /^Expected .* received /s,
  );
});

test('a configuration cannot reach the prototype of all objects', async () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}');
  await load('NonSemanticMemoryQueue', (config) => ({ ...config, ...hostile })).then(free, () => {});
  await load('NonSemanticMomentumEncoder', (config) => Object.assign(hostile, config)).then(free, () => {});
  expect(({} as Json).polluted).toBeUndefined();
});
