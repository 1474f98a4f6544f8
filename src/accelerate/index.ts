import * as tf from '@tensorflow/tfjs-core';
import { custom, optional, readOptions } from '../support/options';
import { type Acceleration, installOnce } from './acceleration';
import { replacements } from './replacements';
import { checkChoices, type KernelChoices } from './tuning/choices';
import { checkTuneArgs, type TuneArgs, type Tuning, tune } from './tuning/tune';

export type { Acceleration } from './acceleration';
export { type CompileArgs, type Compiled, compiled } from './graph/compiled';
export { type CompiledModel, compileModel } from './graph/compileModel';
export type { GraphReport } from './graph/running/report';
export type { Way } from './tuning/call';
export type { KernelChoices } from './tuning/choices';
export type { KernelTiming, Timing } from './tuning/measure';
export type { TuneArgs, Tuning } from './tuning/tune';
export type { TuningBatch } from './tuning/tuningBatch';

/** What `accelerate` may be asked for. */
export interface AccelerateArgs {
  /** Times TensorFlow.js's kernels beside this package's on this device, and keeps the faster for each shape. */
  tune?: TuneArgs;
  /** Choices that were saved: the `choices` of a tuning on this device. */
  choices?: KernelChoices;
}

/**
 * Accelerates the current backend, and times it on this device: runs a model's training step once, without updating the
 * model, and then each kernel of it that was replaced, in both ways. Each shape keeps the faster one. A kernel of
 * TensorFlow.js that computes wrongly is never kept. It takes seconds, and up to half the memory of a step more than
 * training does.
 *
 * ```ts
 * const { tuning } = await accelerate({ tune: { model, batch: 64 } });
 * console.log(tuning.description);
 * const saved = JSON.stringify(tuning.choices);
 * // Another time, without measuring:
 * await accelerate({ choices: JSON.parse(saved) });
 * ```
 *
 * @throws ArgumentError for a model that is not compiled, a batch that does not fit it, and choices of another backend.
 */
export function accelerate(args: AccelerateArgs & { tune: TuneArgs }): Promise<Acceleration & { tuning: Tuning }>;
/**
 * Gives the current backend the training kernels that it lacks, does slowly or computes wrongly; other results stay the
 * same up to float32 rounding. A second call changes nothing more and resolves to the same; a backend for which there
 * is nothing to do is left alone (`replaced` is empty).
 *
 * @throws ArgumentError for choices of another backend.
 */
export function accelerate(args?: AccelerateArgs): Promise<Acceleration>;
export async function accelerate(args: AccelerateArgs = {}): Promise<Acceleration & { tuning?: Tuning }> {
  await tf.ready();
  const backend = tf.getBackend();
  const options = readOptions('accelerate', args, {
    tune: optional(custom(checkTuneArgs)),
    choices: optional(custom((_, value) => checkChoices(value as KernelChoices, backend))),
  });
  const { acceleration, ways } = installOnce(backend, replacements[backend] ?? []);
  for (const [call, way] of Object.entries(options.choices?.calls ?? {})) ways.choices.set(call, way);
  return options.tune ? { ...acceleration, tuning: await tune(backend, ways, options.tune) } : acceleration;
}
