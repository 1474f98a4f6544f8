import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  contrastiveModel,
  nonSemanticInfoNCE,
  projectionHead,
  type SGDArgs,
  setLearningRate,
  sgd,
  trainingArtifacts,
} from 'tfjs-nonsemantic-negatives';
import { encodeSafetensors, readSafetensors } from '../../../examples/support/safetensors';
import { fromStored, toStored } from '../../../examples/to-pytorch/state';
import { temporaryFolder } from './temporaryFolder';

// Trainings here and in PyTorch, on the same inputs.

const root = join(__dirname, '../../..');
export const example = join(root, 'examples/to-pytorch');
export const queueSize = 10;
export const batch = 8;
export const side = 16;

/** A Python with torch; undefined without one. */
export const python = [process.env.PYTORCH_PYTHON ?? '', join(root, '.cache/pytorch/bin/python')].find(existsSync);
export const testWithPytorch = python ? test : test.skip;

/** Arguments of Python that start a program twice, as two processes of one training. */
export const twice = ['-W', 'ignore', '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2'];

/** Runs Python in a folder, with the example's modules, and returns the JSON lines it printed. */
// biome-ignore lint/suspicious/noExplicitAny: each program prints its own.
export function runPython(cwd: string, args: string[]): any[] {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONPATH: example };
  const { status, stdout, stderr } = spawnSync(python!, args, { cwd, encoding: 'utf8', env });
  expect(status === 0 ? '' : stderr).toBe('');
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

export interface Settings {
  negatives?: number;
  optimizer?: Partial<SGDArgs>;
  /** Of the projection head. */
  hiddenUnits?: number[];
}

/** A compiled training. */
export function makeModel(make: () => tfl.LayersModel, { negatives = 1, optimizer, hiddenUnits }: Settings = {}) {
  const encoder = projectionHead(make(), { units: 4, seed: 1, ...(hiddenUnits && { hiddenUnits }) });
  const model = contrastiveModel({ encoder, negatives, queueSize, momentum: 0.9 });
  const loss = nonSemanticInfoNCE();
  model.compile({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4, ...optimizer }), loss });
  return model;
}
export type Model = ReturnType<typeof makeModel>;

/** The query, key and negatives of a step. */
export const inputsOf = (step: number, views = 3) =>
  Array.from({ length: views }, (_, i) => tf.randomNormal([batch, side, side, 3], 0, 1, 'float32', 10 * step + i + 1));

/** Trains steps `from` to `to`, and returns their losses. */
export async function train(model: Model, from: number, to: number, schedule?: (step: number) => number) {
  const losses: number[] = [];
  for (let step = from; step < to; step++) {
    if (schedule) setLearningRate(model.optimizer, schedule(step));
    const xs = inputsOf(step, model.inputs.length);
    const labels = tf.zeros([batch, 1 + queueSize + xs.length - 2]);
    losses.push((await model.trainOnBatch(xs, labels)) as number);
    tf.dispose([xs, labels]);
  }
  return losses;
}

export const artifactsOf = (model: Model, batch: number) => trainingArtifacts({ model }, { epoch: 0, batch });

/** Writes the inputs of steps, `[views, N, H, W, C]` each, for train.py. */
export function writeInputs(path: string, steps: tf.Tensor[]): void {
  const inputs = tf.tidy(() => tf.transpose(tf.stack(steps), [0, 1, 2, 5, 3, 4]));
  const tensors = new Map([['inputs', { shape: inputs.shape, values: inputs.dataSync() as Float32Array }]]);
  writeFileSync(path, encodeSafetensors({ metadata: {}, tensors }));
  inputs.dispose();
}

/** Continues a training in PyTorch, and returns what comes home and what was printed. */
export function trainInPytorch(
  artifacts: tf.io.ModelArtifacts,
  options: string[],
  launcher: string[] = [],
  dir = temporaryFolder(),
) {
  writeFileSync(join(dir, 'moco.safetensors'), encodeSafetensors(toStored(artifacts)));
  runPython(dir, [join(example, 'checkpoint.py'), 'moco.safetensors', 'moco.pth.tar']);
  const printed: { step?: number; epoch?: number; rank: number; loss?: number; digest?: string }[] = runPython(dir, [
    ...[...launcher, join(example, 'train.py'), 'moco.pth.tar', 'trained.pth.tar'],
    ...options,
  ]);
  runPython(dir, [join(example, 'checkpoint.py'), 'trained.pth.tar', 'trained.safetensors']);
  const losses = (rank: number) => printed.flatMap((line) => (line.rank === rank ? (line.loss ?? []) : []));
  const digests = printed.flatMap(({ digest }) => digest ?? []);
  const home = fromStored(artifacts, readSafetensors(join(dir, 'trained.safetensors')));
  return { home, printed, losses, digests, dir };
}
