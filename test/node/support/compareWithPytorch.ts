// Prints how far restored models are from PyTorch, as JSON. A program, as jest takes ten times as long for ResNets.
//   compareWithPytorch.ts                 with formula weights, against the fixture
//   compareWithPytorch.ts OUTPUTS DIR     saved models, against the outputs that PyTorch wrote
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';
import { exportEncoder } from 'tfjs-nonsemantic-negatives';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { type RestoredMoco, restoreMoco } from '../../../examples/from-pytorch/moco';
import type { StoredTensor } from '../../../examples/support/safetensors';
import { maxDifference } from '../../support/tensors';
import { formulaTensor } from './formulaWeights';

/** What PyTorch computed: test/fixtures/from_pytorch.py. */
interface Golden {
  arch: string;
  inputShape: [number, number, number];
  shapes: { [name: string]: number[] };
  features: number[];
  similarities: number[];
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The image of this name, `[1, H, W, C]`. */
function image(name: string, [height, width, channels]: number[]): tf.Tensor {
  const { values, shape } = formulaTensor(name, [1, channels, height, width]);
  return tf.transpose(tf.tensor(values, shape), [0, 2, 3, 1]);
}

function differences({ backbone, training }: RestoredMoco, { inputShape, features, similarities }: Golden) {
  const predict = (model: tfl.LayersModel, names: string[]) =>
    model.predict(names.map((name) => image(name, inputShape))) as tf.Tensor;
  const [queue, pointer] = training!.layers.at(-1)!.getWeights();
  return {
    features: maxDifference(predict(backbone, ['query']), features),
    similarities: maxDifference(predict(training!, ['query', 'key', 'negative']), similarities),
    queue: queue.shape,
    pointer: pointer.dataSync()[0],
  };
}

function compareSaved(golden: Golden, encoder: tfl.LayersModel, training: tfl.LayersModel) {
  return differences({ backbone: encoder, training }, golden);
}

function compareFormula(goldens: Golden[]) {
  const results = goldens.map((golden) => {
    const restored = restoreMoco(storedTensors(golden), { inputShape: golden.inputShape, negatives: 1 });
    return differences({ ...restored, backbone: exportEncoder(restored.backbone) }, golden);
  });
  const { metadata, tensors } = storedTensors(goldens[0]);
  const small = { inputShape: [32, 32, 3], negatives: 0 };
  const queryOnly = new Map([...tensors].filter(([name]) => name.startsWith('encoder_q.')));
  return {
    results,
    queryOnly: Object.keys(restoreMoco({ metadata, tensors: queryOnly }, small)),
    wrongArchitecture: messageOf(() => restoreMoco({ metadata: { arch: 'resnet50' }, tensors }, small)),
  };
}

function storedTensors({ arch, shapes }: Golden) {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shape] of Object.entries(shapes)) tensors.set(name, formulaTensor(name, shape));
  tensors.set('queue_ptr', { shape: [1], values: Int32Array.of(5) });
  return { metadata: { arch }, tensors };
}

function messageOf(f: () => void): string {
  try {
    f();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

await tf.setBackend('wasm');
const [outputs, dir] = process.argv.slice(2);
const load = (name: string) => tfl.loadLayersModel(fileSystem(join(dir, name)));
const result = outputs
  ? compareSaved(read(outputs), await load('encoder'), await load('training'))
  : compareFormula(read(join(import.meta.dirname, '../../fixtures/from_pytorch.json')));
console.log(JSON.stringify(result));
