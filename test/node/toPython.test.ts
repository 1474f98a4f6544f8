import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  BatchNormalization,
  batchNormalization,
  convEncoder,
  exportEncoder,
  projectionHead,
  residualEncoder,
} from 'tfjs-nonsemantic-negatives';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { maxDifference } from '../support/tensors';
import { temporaryFolder } from './support/temporaryFolder';

// Made as docs/to-python.md says; 2.9 GB, so no other test makes it.
const bin = join(__dirname, '../../.cache/tensorflowjs/bin');
const testWithPython = existsSync(join(bin, 'tensorflowjs_converter')) ? test : test.skip;

const python = `
import json, keras, numpy
encoder = keras.models.load_model('encoder.h5', compile=False)
images = numpy.array(json.load(open('images.json')), 'float32')
json.dump(encoder.predict(images, verbose=0).tolist(), open('outputs.json', 'w'))
`;

/** Gives batch normalization other weights than its initial zeros and ones. */
function perturbed(encoder: tfl.LayersModel): tfl.LayersModel {
  for (const layer of encoder.layers.filter((layer) => layer instanceof BatchNormalization))
    layer.setWeights(layer.getWeights().map((w, i) => tf.add(w, tf.randomUniform(w.shape, 0, 0.4, 'float32', i + 1))));
  return encoder;
}

const args = { batchNormalization, filters: [8, 16, 32] };

describe.each([
  ['convEncoder', () => convEncoder(args)],
  ['residualEncoder with a head', () => projectionHead(residualEncoder(args), { units: 12 })],
])('%s, exported', (_name, make) => {
  let dir: string;
  let encoder: tfl.LayersModel;
  beforeAll(async () => {
    dir = temporaryFolder();
    encoder = perturbed(make());
    await exportEncoder(encoder).save(fileSystem(dir));
  });
  afterAll(() => void encoder.dispose());

  test('is saved in classes and options that Keras has', () => {
    const { modelTopology } = JSON.parse(readFileSync(join(dir, 'model.json'), 'utf8'));
    const layers: { class_name: string; config: object }[] = modelTopology.config.layers;
    const stock = 'InputLayer ZeroPadding2D Conv2D BatchNormalization ReLU Add GlobalAveragePooling2D Dense'.split(' ');
    expect(layers.map((layer) => layer.class_name).filter((name) => !stock.includes(name))).toEqual([]);
    const norms = layers.filter((layer) => layer.class_name === 'BatchNormalization');
    expect(norms.length).toBeGreaterThan(0);
    for (const { config } of norms) {
      expect(config).toMatchObject({ momentum: 0.9, epsilon: 1e-5, axis: -1 });
      expect(config).not.toHaveProperty('splits');
    }
  });

  testWithPython('predicts the same in Keras (skipped without the environment of docs/to-python.md)', () => {
    const run = (program: string, ...options: string[]) => {
      const { status, stderr } = spawnSync(join(bin, program), options, { cwd: dir, encoding: 'utf8' });
      expect(status === 0 ? '' : stderr).toBe('');
    };
    const images = tf.randomNormal([4, 32, 32, 3], 0, 1, 'float32', 1);
    writeFileSync(join(dir, 'images.json'), JSON.stringify(images.arraySync()));
    const formats = ['--input_format=tfjs_layers_model', '--output_format=keras'];
    run('tensorflowjs_converter', ...formats, 'model.json', 'encoder.h5');
    run('python', '-c', python);
    const outputs: number[][] = JSON.parse(readFileSync(join(dir, 'outputs.json'), 'utf8'));
    const expected = encoder.predict(images) as tf.Tensor;
    expect(expected.shape).toEqual([outputs.length, outputs[0].length]);
    expect(maxDifference(outputs.flat(), expected)).toBeLessThan(1e-5);
  });
});
