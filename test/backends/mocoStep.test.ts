import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { batchNormalization } from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { countReads } from '../support/tensors';
import { kernelsOf, launchesOf, mocoStep } from './mocoStep';

declare const BACKEND: string;

// As shipped, wasm cannot train and cpu takes seconds a step; webgl and webgpu are left as they are.
beforeAll(accelerate);

test('training on a batch lowers its loss', () => {
  const { augment, train, queue } = mocoStep();
  const data = augment();
  const rows = queue.getWeights().map((weight) => tf.clone(weight));
  const losses = Array.from({ length: 6 }, () => {
    queue.setWeights(rows); // or the queue fills with these four images
    return train(data)[0].dataSync()[0];
  });
  expect(losses.at(-1)).toBeLessThan(losses[0] - 0.1);
});

/** cpu and wasm keep their tensors in host memory, where a slice is a read. */
const onTheDevice = ['cpu', 'wasm'].includes(BACKEND) ? test.skip : test;
onTheDevice('neither views, negatives nor a training step read anything back', () => {
  // Of up to 1000 values, fresh from the host, webgpu computes some kernels there, which is no read-back but calls readSync.
  const { augment, train } = mocoStep(16);
  for (let step = 0; step < 3; step++) expect(countReads(() => tf.tidy(() => void train(augment())))).toBe(0);
});

const readDocs = () => readFileSync(join(__dirname, '../../docs/backends.md'), 'utf8');

const onGpus = ['webgl', 'webgpu'].includes(BACKEND) ? test : test.skip;
onGpus.each([
  ["TensorFlow.js's", {}],
  ["this package's", { batchNormalization }],
])('with %s batch normalization takes the kernels and launches that docs/backends.md states', (_, encoderArgs) => {
  const [, ...row] = new RegExp(`^\\| ${BACKEND} \\| (\\d+) \\| (\\d+) \\|$`, 'm').exec(readDocs()) ?? [];
  const { augment, train } = mocoStep(4, encoderArgs);
  const data = augment();
  const step = () => tf.dispose(train(data));
  step(); // Makes velocities and uploads weights.
  expect([kernelsOf(step), launchesOf(step)]).toEqual(row.map(Number));
});

test('takes at most as many kernels as docs/backends.md states, and hardly fewer', async () => {
  const [, ...row] = new RegExp(`^\\| ${BACKEND} \\| (\\d+) \\| (.+) \\| (\\d+) \\|$`, 'm').exec(readDocs()) ?? [];
  const { augment, train } = mocoStep();
  const data = augment();
  const step = () => {
    tf.dispose(train(data)); // Velocities are made in the first step.
    return kernelsOf(() => tf.dispose(train(data)));
  };
  const accelerated = step();
  (await accelerate()).restore();
  const shipped = BACKEND === 'wasm' ? 'cannot train' : step();
  await accelerate();
  const counts = [kernelsOf(() => tf.dispose(augment())), shipped, accelerated];
  const holds = (count: number | string, figure: string) =>
    typeof count === 'string' ? count === figure : count <= 1.02 * Number(figure) && count >= 0.8 * Number(figure);
  expect(counts.map((count, i) => (holds(count, row[i]) ? 'as documented' : count))).toEqual(
    Array(3).fill('as documented'),
  );
});
