import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { temporaryFolder } from '../support/temporaryFolder';

function makeModel(units = 4): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3 }),
      tfl.layers.batchNormalization(),
      tfl.layers.flatten(),
      tfl.layers.dense({ units }),
    ],
  });
}

const input = () => tf.reshape(tf.linspace(-1, 1, 2 * 8 * 8 * 3), [2, 8, 8, 3]);
const outputOf = (model: tfl.LayersModel) => Array.from((model.predict(input()) as tf.Tensor).dataSync());
const modelPath = (dir: string) => join(dir, 'model.json');
const savedModel = async () => {
  const dir = temporaryFolder();
  await makeModel().save(fileSystem(dir));
  return dir;
};

beforeEach(() => void tf.engine().startScope());
afterEach(() => {
  jest.restoreAllMocks();
  tf.engine().endScope();
});

describe('a round trip', () => {
  test('through a new folder is exact to the bit', async () => {
    const model = makeModel();
    const dir = join(temporaryFolder(), 'runs', 'first run');
    const { modelArtifactsInfo } = await model.save(fileSystem(dir));
    expect(modelArtifactsInfo.weightDataBytes).toBe(model.countParams() * 4);
    expect(readdirSync(dir).sort()).toEqual(['model.json', 'weights.bin']);
    for (const path of [dir, modelPath(dir)])
      expect(outputOf(await tfl.loadLayersModel(fileSystem(path)))).toEqual(outputOf(model));
  });

  test('over another model leaves the same two files with the new model', async () => {
    const dir = await savedModel();
    const model = makeModel(5);
    await model.save(fileSystem(modelPath(dir)));
    expect(readdirSync(dir).sort()).toEqual(['model.json', 'weights.bin']);
    expect(outputOf(await tfl.loadLayersModel(fileSystem(dir)))).toEqual(outputOf(model));
  });

  test('keeps two models in one folder apart by name', async () => {
    const dir = temporaryFolder();
    const [query, key] = [makeModel(), makeModel(5)];
    await query.save(fileSystem(join(dir, 'query.json')));
    await key.save(fileSystem(join(dir, 'key.json')));
    expect(readdirSync(dir).sort()).toEqual(['key.json', 'key.weights.bin', 'query.json', 'query.weights.bin']);
    expect(outputOf(await tfl.loadLayersModel(fileSystem(join(dir, 'query.json'))))).toEqual(outputOf(query));
    expect(outputOf(await tfl.loadLayersModel(fileSystem(join(dir, 'key.json'))))).toEqual(outputOf(key));
  });

  test('with the optimizer on request: the next step is the same to the bit', async () => {
    const step = (model: tfl.LayersModel) => model.trainOnBatch(input(), tf.ones([2, 4]));
    const model = makeModel();
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    await step(model);
    const dir = temporaryFolder();
    await model.save(fileSystem(dir), { includeOptimizer: true });
    const loaded = await tfl.loadLayersModel(fileSystem(dir));
    expect([await step(loaded), await step(loaded)]).toEqual([await step(model), await step(model)]);
    expect(outputOf(loaded)).toEqual(outputOf(model));
    await model.save(fileSystem(dir));
    expect(JSON.parse(readFileSync(modelPath(dir), 'utf8')).trainingConfig).toBeUndefined();
  });

  test('keeps everything else that a model may hold', async () => {
    const artifacts = {
      modelTopology: { node: [] },
      format: 'graph-model',
      generatedBy: 'a test',
      convertedBy: null,
      signature: { inputs: {} },
      userDefinedMetadata: { step: 7 },
      weightSpecs: [{ name: 'w', shape: [3], dtype: 'float32' as const, quantization: { dtype: 'uint8' as const } }],
      weightData: [Uint8Array.of(1, 2).buffer, Uint8Array.of(3).buffer],
    };
    const dir = temporaryFolder();
    await fileSystem(dir).save!(artifacts);
    const { weightData, ...rest } = await fileSystem(dir).load!();
    const { weightData: _, ...expected } = artifacts;
    expect(rest).toEqual(expected);
    expect([...new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData))]).toEqual([1, 2, 3]);
  });

  test('of weights in several files and groups, as the converter writes them', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'shards'));
    writeFileSync(join(dir, 'shards/1.bin'), Uint8Array.of(1, 2, 3));
    writeFileSync(join(dir, 'shards/2.bin'), Uint8Array.of(4));
    writeFileSync(join(dir, '3.bin'), Uint8Array.of(5));
    const weights = (name: string, shape: number[]) => ({
      name,
      shape,
      dtype: 'int32',
      quantization: { dtype: 'uint8' },
    });
    const weightsManifest = [
      { paths: ['shards/1.bin', './shards/2.bin'], weights: [weights('a', [2, 2])] },
      { paths: ['3.bin'], weights: [weights('b', [])] },
    ];
    writeFileSync(modelPath(dir), JSON.stringify({ modelTopology: {}, weightsManifest }));
    const { weightData, weightSpecs } = await fileSystem(dir).load!();
    expect([...new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData))]).toEqual([1, 2, 3, 4, 5]);
    expect(weightSpecs?.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('leaks no tensor', async () => {
    const model = makeModel();
    const dir = temporaryFolder();
    const before = tf.memory().numTensors;
    await model.save(fileSystem(dir));
    const artifacts = await fileSystem(dir).load!();
    expect(artifacts.weightSpecs).toHaveLength(model.weights.length);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const installed = (() => {
  try {
    return Boolean(createRequire(__filename).resolve('@tensorflow/tfjs-node'));
  } catch {
    return false;
  }
})();

(installed ? test : test.skip)(
  'file:// of @tensorflow/tfjs-node reads it, and we read its (skipped where not installed)',
  async () => {
    const dir = temporaryFolder();
    const model = makeModel();
    await model.save(fileSystem(join(dir, 'ours')));
    // In a separate process: a second backend in this one would change the other tests.
    const program = `
    const tf = require('@tensorflow/tfjs-node');
    (async () => {
      const model = await tf.loadLayersModel('file://' + process.argv[1] + '/ours/model.json');
      await model.save('file://' + process.argv[1] + '/theirs');
      const output = model.predict(tf.reshape(tf.linspace(-1, 1, 2 * 8 * 8 * 3), [2, 8, 8, 3]));
      console.log(JSON.stringify([...output.dataSync()]));
    })();`;
    const child = spawn(process.execPath, ['-e', program, dir], {
      cwd: __dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    child.stdout.on('data', (text) => {
      printed += text;
    });
    await once(child, 'close');
    const output = outputOf(model);
    JSON.parse(printed).forEach((value: number, i: number) => void expect(value).toBeCloseTo(output[i], 4));
    expect(outputOf(await tfl.loadLayersModel(fileSystem(join(dir, 'theirs'))))).toEqual(output);
  },
);

describe('an interrupted save', () => {
  const artifactsOf = (number: number) => ({
    modelTopology: {},
    userDefinedMetadata: { number },
    weightSpecs: [{ name: 'w', shape: [2], dtype: 'float32' as const }],
    weightData: Float32Array.of(number, number).buffer,
  });
  /** The number that the JSON and all weights agree on. */
  const numberIn = async (dir: string) => {
    const { userDefinedMetadata, weightData } = await fileSystem(dir).load!();
    const { number } = userDefinedMetadata as { number: number };
    const weights = new Float32Array(tf.io.CompositeArrayBuffer.join(weightData));
    expect(new Set(weights)).toEqual(new Set([number]));
    return number;
  };
  /** A full disk at the n-th file, or a crash that left the n-th file aside. */
  const failAt = (n: number) => {
    const { rename } = fs;
    let calls = 0;
    return jest.spyOn(fs, 'rename').mockImplementation(async (from, to) => {
      if (calls++ === n) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      await rename(from, to);
    });
  };

  test.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 2],
  ])('at file %i of a save over model 1 leaves a whole model %i', async (n, survivor) => {
    const dir = temporaryFolder();
    await fileSystem(dir).save!(artifactsOf(1));
    failAt(n);
    await expect(fileSystem(dir).save!(artifactsOf(2))).rejects.toThrow(/^Cannot write ".*": the disk is full\.$/);
    jest.restoreAllMocks();
    expect(await numberIn(dir)).toBe(survivor);
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await fileSystem(dir).save!(artifactsOf(3));
    expect(await numberIn(dir)).toBe(3);
    expect(readdirSync(dir).sort()).toEqual(['model.json', 'weights.bin']);
  });

  test('of a first model leaves none', async () => {
    const dir = temporaryFolder();
    failAt(1);
    await expect(fileSystem(dir).save!(artifactsOf(1))).rejects.toThrow('model.json": the disk is full.');
    await expect(fileSystem(dir).load!()).rejects.toThrow('model.json": it does not exist.');
  });

  test('by kill -9, at any moment, leaves a whole model', async () => {
    const dir = temporaryFolder();
    const script = join(__dirname, '../support', 'saveForever.ts');
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, ['--import', 'tsx', script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
      const started = await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
      expect(String(started[0])).toBe('started\n');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50));
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(await numberIn(dir)).toBeGreaterThan(0);
    }
    await fileSystem(dir).save!(artifactsOf(0));
    expect(readdirSync(dir).sort()).toEqual(['model.json', 'weights.bin']);
  });

  test('does not happen to simultaneous saves: they take turns', async () => {
    const dir = temporaryFolder();
    await Promise.all([1, 2, 3, 4].map((number) => fileSystem(dir).save!(artifactsOf(number))));
    expect(await numberIn(dir)).toBe(4);
  });

  test('leaves files with other names alone', async () => {
    const dir = await savedModel();
    const others = [
      'weights-old.bin',
      'metrics.json',
      'weights-0123456789ab.bin.bak',
      'notes.tmp',
      'x.0123456789ab.tmp',
    ];
    for (const name of others) writeFileSync(join(dir, name), '');
    for (const name of ['weights-0123456789ab.bin', 'model.json.0123456789ab.tmp', 'weights.bin.0123456789ab.tmp'])
      writeFileSync(join(dir, name), 'left by a crash');
    await makeModel().save(fileSystem(dir));
    expect(readdirSync(dir).sort()).toEqual([...others, 'model.json', 'weights.bin'].sort());
  });
});

describe('a damaged model', () => {
  const quoted = (...path: string[]) => JSON.stringify(join(...path));
  /** A saved model whose JSON was changed. */
  const changed = async (change: (json: Record<string, unknown>) => void) => {
    const dir = await savedModel();
    const json = JSON.parse(readFileSync(modelPath(dir), 'utf8'));
    change(json);
    writeFileSync(modelPath(dir), JSON.stringify(json));
    return dir;
  };
  type Manifest = { paths: string[]; weights: Record<string, unknown>[] }[];
  const manifestOf = (json: Record<string, unknown>) => json.weightsManifest as Manifest;

  test('no model at all', async () => {
    const dir = temporaryFolder();
    const loading = tfl.loadLayersModel(fileSystem(dir));
    await expect(loading).rejects.toThrow(`Cannot load the model ${quoted(dir, 'model.json')}: it does not exist.`);
    await expect(loading).rejects.toMatchObject({ name: 'FileError', path: modelPath(dir) });
  });

  test('JSON cut short, empty, or of something else', async () => {
    const dir = await savedModel();
    truncateSync(modelPath(dir), 100);
    await expect(fileSystem(dir).load!()).rejects.toThrow(
      /^Cannot load the model ".*model.json": it is damaged JSON \(.*JSON.*\)\.$/,
    );
    truncateSync(modelPath(dir));
    await expect(fileSystem(dir).load!()).rejects.toThrow('it is damaged JSON');
    for (const text of ['null', '[]', '7', '{}', '{"modelTopology": null}', '{"modelTopology": "x"}']) {
      writeFileSync(modelPath(dir), text);
      await expect(fileSystem(dir).load!()).rejects.toThrow('it is not a tfjs model: modelTopology is missing.');
    }
  });

  test('weights that are short, long, or missing', async () => {
    const dir = await savedModel();
    const bytes = makeModel().countParams() * 4;
    truncateSync(join(dir, 'weights.bin'), bytes - 1);
    await expect(fileSystem(dir).load!()).rejects.toThrow(
      `Cannot load the weights ${quoted(dir, 'weights.bin')}: ${bytes - 1} bytes, where ${quoted(dir, 'model.json')} promises ${bytes}.`,
    );
    truncateSync(join(dir, 'weights.bin'), bytes + 1);
    await expect(fileSystem(dir).load!()).rejects.toThrow(`${bytes + 1} bytes, where`);
    await fs.rm(join(dir, 'weights.bin'));
    await expect(fileSystem(dir).load!()).rejects.toThrow(
      `Cannot load the weights ${quoted(dir, 'weights.bin')}: it does not exist.`,
    );
  });

  test('a false size is refused before anything is allocated', async () => {
    const dir = await changed((json) => {
      manifestOf(json)[0].weights[0].shape = [2 ** 40, 2 ** 10];
    });
    await expect(fileSystem(dir).load!()).rejects.toThrow(
      /weights\.bin": \d+ bytes, where .* promises 4503599627\d+\.$/,
    );
  });

  test.each<[string, (manifest: Manifest) => unknown]>([
    ['it is not a list', () => ({})],
    ['a group without lists of paths and weights', () => [{}]],
    ['a path that is not a string', ([group]) => [{ ...group, paths: [7] }]],
    ['a weight without a name', ([group]) => [{ ...group, weights: [{}] }]],
    ['the shape of "w"', ([group]) => [{ ...group, weights: [{ name: 'w', shape: [-1], dtype: 'float32' }] }]],
    ['the shape of "w"', ([group]) => [{ ...group, weights: [{ name: 'w', dtype: 'float32' }] }]],
    ['the type of "w"', ([group]) => [{ ...group, weights: [{ name: 'w', shape: [], dtype: 'toString' }] }]],
  ])('a manifest with %s', async (what, change) => {
    const dir = await changed((json) => {
      json.weightsManifest = change(manifestOf(json));
    });
    await expect(fileSystem(dir).load!()).rejects.toThrow(`its weightsManifest is damaged: ${what}.`);
  });

  test.each(['../weights.bin', '/etc/hostname', 'a/../../weights.bin', '..'])('weights at %s', async (path) => {
    const dir = await changed((json) => {
      manifestOf(json)[0].paths = [path];
    });
    const message = `it names weights outside of its folder (${JSON.stringify(path)}).`;
    await expect(fileSystem(dir).load!()).rejects.toThrow(message);
  });

  test('a prototype in the JSON reaches nothing', async () => {
    const dir = temporaryFolder();
    writeFileSync(modelPath(dir), '{"modelTopology": {"__proto__": {"polluted": 1}, "config": 2}}');
    const { modelTopology } = await fileSystem(dir).load!();
    expect(modelTopology).toEqual({ config: 2 });
    expect((modelTopology as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('what cannot be written to', () => {
  test('a folder that is a file', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, '');
    await expect(makeModel().save(fileSystem(path))).rejects.toThrow(
      `Cannot make the folder ${JSON.stringify(path)}: `,
    );
  });

  test.each([undefined, '', 7, 'file:///tmp/model', 'indexeddb://model'])('%p', (path) => {
    expect(() => fileSystem(path as string)).toThrow('Expected the path of a folder or of a model.json for input path');
  });

  test('a topology in binary', async () => {
    const saving = fileSystem(temporaryFolder()).save!({ modelTopology: new ArrayBuffer(8) });
    await expect(saving).rejects.toThrow(
      'Expected a model with JSON topology for input model, received a binary GraphDef.',
    );
  });
});
