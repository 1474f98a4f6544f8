import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../../support/checkModel';
import { ArgumentError } from '../../support/errors';
import { readOptions } from '../../support/options';
import { type CompileArgs, compileOptions } from './compiled';
import { plainFields } from './running/plainFields';
import type { GraphReport } from './running/report';
import { GraphRunner } from './running/runner';

/** What `compileModel` returns. */
export interface CompiledModel {
  /** What ran as a graph, what eagerly, and why. */
  report(): GraphReport;
  /** Brings the model's variables home and puts its own training function back. */
  restore(): void;
  /** As `restore`. */
  dispose(): void;
}

/** What is used of a tf.LayersModel that its types hide. */
interface Trainable {
  optimizer?: { iterations: number; iterations_?: number; incrementIterations(): void };
  makeTrainFunction(): (data: unknown[]) => unknown;
}

/**
 * Lets a model train as one TensorFlow graph a step where the backend is tfjs-node's: `fit`, `fitDataset`,
 * `trainOnBatch` and `makeTrainFunction` stay as they are, and so do their results, to the bit on a CPU.
 *
 * Callbacks, `predict`, `evaluate`, saving and `setWeights` see the weights as before. On other backends it changes
 * nothing; `report()` says so.
 *
 * @throws ArgumentError for a model that is not compiled, and for options out of range.
 */
export async function compileModel(model: LayersModel, args: CompileArgs = {}): Promise<CompiledModel> {
  checkLayersModel('input model', model);
  const { assumePure, auditEvery } = readOptions('compileModel', args, compileOptions);
  // A Sequential trains the model inside it.
  const inner = (model as { model?: LayersModel }).model ?? model;
  const trained = inner as unknown as Trainable;
  if (!trained.optimizer)
    throw new ArgumentError('input model', 'a model that was compiled', 'one without an optimizer');
  const afterStep = () => trained.optimizer?.incrementIterations();
  const runner = new GraphRunner(assumePure ? { auditEvery, fields: plainFields(inner), afterStep } : undefined);
  const makeTrainFunction = trained.makeTrainFunction;
  const hadOwn = Object.hasOwn(trained, 'makeTrainFunction');

  const makeCompiled: Trainable['makeTrainFunction'] = function (this: Trainable) {
    const step = makeTrainFunction.call(trained);
    return (data) => {
      const { optimizer } = trained;
      const iterations = optimizer?.iterations;
      try {
        return runner.run(step, [data]);
      } catch (error) {
        // An operation that fails in TensorFlow throws after the step's JavaScript; eagerly it is not counted.
        if (optimizer && iterations !== undefined) optimizer.iterations_ = iterations;
        throw error;
      }
    };
  };
  trained.makeTrainFunction = makeCompiled;

  const restore = () => {
    runner.dispose();
    if (trained.makeTrainFunction !== makeCompiled) return;
    if (hadOwn) trained.makeTrainFunction = makeTrainFunction;
    else Reflect.deleteProperty(trained, 'makeTrainFunction');
  };
  return { report: () => runner.report(), restore, dispose: restore };
}
