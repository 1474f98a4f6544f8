import { ArgumentError, describe } from '../../support/errors';
import { boolean, integer, readOptions } from '../../support/options';
import type { GraphReport } from './running/report';
import { GraphRunner } from './running/runner';

/** How steps run as graphs. */
export interface CompileArgs {
  /**
   * Skips the JavaScript of a step after three steps that asked for the very same, and runs it again every `auditEvery`
   * steps. This assumes that it depends on nothing but the tensors that it receives, variables, and, in a model, plain
   * fields of the optimizer and the layers, which are compared at each step. What else changes, such as a number that a
   * function of the user reads, has its effect up to `auditEvery` steps late. @default false
   */
  assumePure?: boolean;
  /** Steps from one check of the JavaScript to the next, at least 1. @default 64 */
  auditEvery?: number;
}

export const compileOptions = {
  assumePure: boolean({ default: false }),
  auditEvery: integer({ min: 1, default: 64 }),
};

/** A function that runs as a graph where it can. */
export interface Compiled<Args extends unknown[], Result> {
  (...args: Args): Result;
  /** What ran as a graph, what eagerly, and why. */
  report(): GraphReport;
  /** Brings all variables home and closes the graphs. The function continues eagerly. */
  dispose(): void;
}

/**
 * Returns a function that computes the same as `step`, on tfjs-node as one TensorFlow graph a call.
 *
 * The JavaScript of `step` runs at each call, but the operations that it asks for are only compared with a recording;
 * if they are the recorded ones, the graph that was made of it runs in their place. Where they differ, the call
 * continues eagerly: the result is the same in any case, to the bit on a CPU.
 *
 * @param step Takes and returns tensors, anywhere in lists and objects; may read and assign variables. It must not be
 * asynchronous, nor read the values of tensors: then it runs eagerly, and `report()` says so.
 * @throws ArgumentError for anything but a function, and for options out of range.
 */
export function compiled<Args extends unknown[], Result>(
  step: (...args: Args) => Result,
  args: CompileArgs = {},
): Compiled<Args, Result> {
  if (typeof step !== 'function') throw new ArgumentError('input step', 'a function', describe(step));
  const { assumePure, auditEvery } = readOptions('compiled', args, compileOptions);
  const runner = new GraphRunner(assumePure ? { auditEvery, fields: () => [], afterStep: () => {} } : undefined);
  return Object.assign((...args: Args) => runner.run(step, args), {
    report: () => runner.report(),
    dispose: () => runner.dispose(),
  });
}
