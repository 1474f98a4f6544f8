import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import type * as main from 'tfjs-nonsemantic-negatives';

declare const BACKEND: string;

/** The package as a minified bundle has it, on the copy of tfjs that this test has. */
function minified(): typeof main {
  // By the command: esbuild within jest finds typed arrays of another realm.
  const { stdout, stderr } = spawnSync(
    'node_modules/.bin/esbuild',
    ['src/index.ts', '--bundle', '--minify', '--format=cjs', '--platform=node', '--packages=external'],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (!stdout) throw new Error(stderr);
  const modules: { [name: string]: unknown } = {
    '@tensorflow/tfjs-core': tf,
    '@tensorflow/tfjs-data': tfd,
    '@tensorflow/tfjs-layers': tfl,
  };
  const module = { exports: {} };
  new Function('module', 'require', stdout)(module, (name: string) => modules[name]);
  return module.exports as typeof main;
}

// A bundle has no backend; once is enough.
const once = BACKEND === 'wasm' ? test : test.skip;

once('logs of a minified build have the names of metrics and losses', async () => {
  const { contrastiveAccuracy, contrastiveModel, keySimilarity, negativeSimilarity, nonSemanticInfoNCE, ...rest } =
    minified();
  const encoder = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [4] })] });
  const model = contrastiveModel({ encoder, negatives: 1, queueSize: 4 });
  const metrics = [contrastiveAccuracy, keySimilarity, rest.queueSimilarity, negativeSimilarity];
  model.compile({ optimizer: rest.sgd({ learningRate: 0.1 }), loss: nonSemanticInfoNCE(), metrics });
  const views = [1, 2, 3].map((seed) => tf.randomNormal([4, 4], 0, 1, 'float32', seed));
  const { history } = await model.fit(views, tf.zeros([4, 6]), { verbose: 0 });
  const names = ['contrastiveAccuracy', 'keySimilarity', 'loss', 'negativeSimilarity', 'queueSimilarity'];
  expect(Object.keys(history).sort()).toEqual(names);
  expect([nonSemanticInfoNCE().name, rest.nonSemanticByol().name]).toEqual(['nonSemanticInfoNCE', 'nonSemanticByol']);
});
