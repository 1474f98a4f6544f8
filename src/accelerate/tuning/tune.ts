import { dispose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../../support/checkModel';
import { ArgumentError } from '../../support/errors';
import { custom, readOptions } from '../../support/options';
import type { KernelChoices } from './choices';
import { describeTimings } from './describeTimings';
import type { KernelSwitch } from './kernelSwitch';
import { type KernelTiming, measure } from './measure';
import { recordStep } from './recordStep';
import { checkTuningBatch, type TuningBatch } from './tuningBatch';

/** Whose training step is measured. */
export interface TuneArgs {
  /** A compiled model. It is not trained: all its variables keep their values. */
  model: LayersModel;
  /** An element of its dataset, `{ xs, ys }`; or the number of rows in a batch, of which noise is made. */
  batch: TuningBatch;
}

/** @throws ArgumentError for a model that is not compiled, and for other values than a batch. */
export const checkTuneArgs = (_: string, args: unknown): TuneArgs =>
  readOptions('accelerate', args as TuneArgs, { model: custom(checkCompiled), batch: custom(checkTuningBatch) });

function checkCompiled(name: string, value: unknown): LayersModel {
  const model = checkLayersModel(`option ${name}`, value as LayersModel);
  // A Sequential trains the model inside it.
  const inner = (model as { model?: LayersModel }).model ?? model;
  if (inner.optimizer) return inner;
  throw new ArgumentError(`option ${name}`, 'a model that was compiled', 'one without an optimizer');
}

/** What `accelerate` measured on this device, and chose. */
export interface Tuning {
  /** In the order of the step; without calls whose choice was given. */
  timings: KernelTiming[];
  /** The timings as a Markdown table, to print. */
  description: string;
  /** All choices, the given ones among them, to be saved as JSON. */
  choices: KernelChoices;
}

/** Measures the calls of a training step that have no choice yet, and chooses the faster way of each. */
export async function tune(backend: string, ways: KernelSwitch, { model, batch }: TuneArgs): Promise<Tuning> {
  const calls = recordStep(ways, model, batch);
  const timings: KernelTiming[] = [];
  try {
    for (const call of calls) {
      const { kernel, shapes, count } = call;
      const timing = await measure(call);
      ways.choices.set(call.key, timing.chosen);
      timings.push({ kernel, shapes, count, ...timing });
    }
  } finally {
    for (const { tensors } of calls) dispose(tensors);
  }
  const choices = { backend, calls: Object.fromEntries(ways.choices) };
  return { timings, description: describeTimings(backend, timings), choices };
}
