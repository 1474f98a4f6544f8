import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sgd } from 'tfjs-nonsemantic-negatives';
import { checkpoint, cifar10, fileSystem, imageFolder, workerDataset } from 'tfjs-nonsemantic-negatives/node';
import { checkpointOptions } from '../../../src/node/checkpoint/checkpointArgs';
import { cifar10Options } from '../../../src/node/images/cifar10';
import { imageFolderOptions } from '../../../src/node/images/imageFolderArgs';
import { workerDatasetOptions } from '../../../src/node/pipeline/workerDatasetArgs';
import { text } from '../../../src/support/options';
import type { Subject } from '../subject';
import { fromSpecs, makeTensor, only, size } from '../values';
import { denseModel, plain, withInputs } from './inputs';

const pictures = join(__dirname, '../../fixtures/gallery');
const temporary = mkdtempSync(join(tmpdir(), 'bad-input-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

// Two images a part, in the binary format.
for (const part of ['data_batch_1.bin', 'test_batch.bin'])
  writeFileSync(join(temporary, part), new Uint8Array(2 * 3073));

const { batchSize, backend, ahead } = workerDatasetOptions;
const noPath = [null, undefined, 3, '', {}, [], true, join(temporary, 'none')];

export const node: Subject[] = [
  {
    name: 'imageFolder',
    inputs: { dir: plain(pictures, ...noPath) },
    options: {
      ...fromSpecs(imageFolderOptions, {
        ...{ size: [], fit: ['cover'], background: ['white', '#123'], channels: [1], dtype: ['float32'] },
        ...{ onError: ['skip'], failOn: ['error'], cacheBytes: [0], limitPixels: [2 ** 20], followSymlinks: [true] },
        extensions: [],
      }),
      size: size(8, [8, 9]),
      background: only('white', '#123'),
      extensions: only(['.png']),
    },
    call: async (x, o) => (await imageFolder(x.dir, o)).get(0),
  },
  {
    name: 'cifar10',
    inputs: { dir: plain(temporary, ...noPath) },
    options: fromSpecs(cifar10Options, { train: [false], dtype: ['float32'] }),
    call: async (x, o) => (await cifar10(x.dir, o)).get(0),
  },
  {
    name: 'checkpoint',
    // Any model will do.
    inputs: { model: { make: denseModel, bad: [null, undefined, 3, 'encoder', {}, []].map((bad) => () => bad) } },
    options: fromSpecs(
      { ...checkpointOptions, dir: text() },
      {
        ...{ dir: [temporary], every: [1, 5], keep: [2], extra: [() => 1], warn: [() => {}] },
        ...{ model: [], optimizer: [], dataset: [] },
      },
    ),
    required: ['dir'],
    call: (x, o) => void checkpoint(withInputs(o, { model: x.model, optimizer: sgd({ learningRate: 1 }) })),
  },
  {
    name: 'fileSystem',
    inputs: { path: plain(join(temporary, 'model'), null, undefined, 3, '', {}, [], true, 'http://model') },
    options: {},
    call: (x) => void fileSystem(x.path),
  },
  // Tensors of all kinds are contrastiveDataset's; each good call starts a thread.
  {
    name: 'workerDataset',
    inputs: {
      images: {
        make: () => makeTensor({ shape: [4, 8, 8, 3], dtype: 'float32', fill: 'waves' }),
        bad: [
          ...[null, undefined, 3, 'images', {}, () => 1].map((bad) => () => bad),
          () => makeTensor({ shape: [4, 8, 8], dtype: 'float32', fill: 'waves' }),
          () => makeTensor({ shape: [4, 8, 8, 3], dtype: 'string', fill: 'waves' }),
        ],
      },
      transforms: plain([], null, undefined, 3, 'twoViews', {}, [3], [null], [() => 1]),
    },
    // The others are contrastiveDataset's.
    options: fromSpecs({ batchSize, backend, ahead }, { batchSize: [2], backend: ['cpu'], ahead: [1] }),
    required: ['batchSize'],
    heavy: true,
    call: async (x, o) => (await workerDataset(x.images, x.transforms, o)).close(),
  },
];
