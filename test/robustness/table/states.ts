import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { restoreTraining, sgd, trainingArtifacts } from 'tfjs-nonsemantic-negatives';
import { addCheckpoint } from 'tfjs-nonsemantic-negatives/node';
import { trainingPositionOptions } from '../../../src/training/trainingState';
import type { Input, Subject } from '../subject';
import { fromSpecs } from '../values';
import { denseModel, model, plain, withModels } from './inputs';

const { epoch, batch } = trainingPositionOptions;
const count = [0, 3];
const folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dataset = () => plain(undefined, 3, 'x', {}, []);

/** A model with its optimizer; one without is refused. */
const compiled = (units = 3): tfl.LayersModel => {
  const made = denseModel([3], units);
  made.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: 'meanSquaredError' });
  return made;
};
const trained = (): Input => ({
  make: () => compiled(),
  bad: [...(model().bad?.slice(0, 7) ?? []), () => denseModel([3])],
});

type Artifacts = Awaited<ReturnType<typeof trainingArtifacts>>;

/** What becomes of good artifacts before they are restored. */
const artifacts = (...damages: ((saved: Artifacts) => unknown)[]): Input => ({
  make: () => (saved: Artifacts) => saved,
  bad: damages.map((damage) => () => damage),
});

async function saved(): Promise<Artifacts> {
  const first = compiled();
  const optimizer = first.optimizer as tf.Optimizer;
  return withModels([first, optimizer], () => {
    tf.tidy(() => void optimizer.minimize(() => tf.sum(first.apply(tf.ones([2, 3])) as tf.Tensor)));
    return trainingArtifacts({ model: first }, { epoch: 1, batch: 1 });
  });
}

const damaged = artifacts(
  ...[null, undefined, 3, 'x', {}, []].map((value) => () => value),
  (whole) => ({ ...whole, userDefinedMetadata: {} }),
  (whole) => ({ ...whole, userDefinedMetadata: { nonSemanticTraining: 'x' } }),
  (whole) => ({ ...whole, userDefinedMetadata: { nonSemanticTraining: {} } }),
  (whole) => ({ ...whole, weightData: whole.weightData.slice(4) }),
  (whole) => ({ ...whole, weightData: undefined }),
  (whole) => ({ ...whole, weightSpecs: whole.weightSpecs.slice(1) }),
  (whole) => ({ ...whole, weightSpecs: [] }),
);

/** Trainings that are saved and restored. */
export const states: Subject[] = [
  {
    name: 'trainingArtifacts',
    inputs: { model: trained(), dataset: dataset() },
    options: fromSpecs({ epoch, batch }, { epoch: count, batch: count }),
    required: ['epoch', 'batch'],
    call: async (x, position) => {
      const { userDefinedMetadata } = await trainingArtifacts({ model: x.model, dataset: x.dataset }, position);
      return Object.keys(userDefinedMetadata ?? {});
    },
    check: (names: string[]) => expect(names).toEqual(['nonSemanticTraining']),
  },
  {
    name: 'restoreTraining',
    inputs: {
      model: { ...trained(), bad: [...(trained().bad ?? []), () => compiled(4)] },
      dataset: dataset(),
      artifacts: damaged,
    },
    options: {},
    call: async (x, _) => {
      const damage = x.artifacts as (whole: Artifacts) => never;
      const state = await restoreTraining({ model: x.model, dataset: x.dataset }, damage(await saved()));
      ((x.model as tfl.LayersModel).optimizer as tf.Optimizer).dispose();
      return state.step;
    },
    check: (step: number) => expect(step).toBe(1),
  },
  {
    name: 'addCheckpoint',
    inputs: { dir: plain(folder, null, undefined, 3, '', {}, [], true), artifacts: damaged },
    options: {},
    call: async (x, _) => {
      const damage = x.artifacts as (whole: Artifacts) => never;
      return basename(await addCheckpoint(x.dir, damage(await saved())));
    },
    check: (name: string) => expect(name).toBe('step-000000001.checkpoint'),
  },
];
