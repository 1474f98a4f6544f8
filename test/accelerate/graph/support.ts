import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  type CompileArgs,
  type CompiledModel,
  compileModel,
  type GraphReport,
} from 'tfjs-nonsemantic-negatives/accelerate';

/** A model and the batches that it trains on, from seeds: the same at each call. */
export type MakeProgram = () => { model: tfl.LayersModel; batch(step: number): tf.Tensor[] };

export const glorot = (seed: number) => tfl.initializers.glorotNormal({ seed });
export const noise = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed + 1);
export const labels = (count: number, classes: number, seed: number) =>
  tf.tidy(() =>
    tf.oneHot(tf.cast(tf.randomUniform([count], 0, classes, 'float32', seed + 1), 'int32'), classes, 1, 0, 'float32'),
  );

/** What happened in each step: losses and metrics, then the values of all variables at the end. */
export interface Trained {
  losses: number[][];
  variables: number[][];
  report?: GraphReport;
}

interface TrainArgs {
  steps?: number;
  compile: boolean;
  args?: CompileArgs;
  /** Called before each step. */
  beforeStep?(step: number, model: tfl.LayersModel): void;
}

/** Trains with the model's own training function; afterwards nothing is left. */
export async function train(make: MakeProgram, { steps = 8, compile, args, beforeStep }: TrainArgs): Promise<Trained> {
  const known = new Set(Object.keys(tf.engine().registeredVariables));
  const { model, batch } = make();
  const compiledModel: CompiledModel | undefined = compile ? await compileModel(model, args) : undefined;
  const inner = ((model as { model?: tfl.LayersModel }).model ?? model) as unknown as {
    makeTrainFunction(): (data: tf.Tensor[]) => tf.Scalar[];
  };
  const losses: number[][] = [];
  for (let step = 0; step < steps; step++) {
    beforeStep?.(step, model);
    const data = batch(step);
    const outputs = inner.makeTrainFunction()(data);
    losses.push(outputs.map((output) => output.dataSync()[0]));
    tf.dispose([outputs, data]);
  }
  const own = Object.values(tf.engine().registeredVariables).filter(({ name }) => !known.has(name));
  const variables = own.map((variable) => Array.from(variable.dataSync()));
  const report = compiledModel?.report();
  compiledModel?.restore();
  expect(own.map((variable) => Array.from(variable.dataSync()))).toEqual(variables);
  tf.dispose(own);
  return { losses, variables, report };
}

/** Trains eagerly and compiled, expects the same to the bit, and returns the report. */
export async function trainBeside(make: MakeProgram, args: Omit<TrainArgs, 'compile'> = {}): Promise<GraphReport> {
  const eager = await train(make, { ...args, compile: false });
  const { report, ...graph } = await train(make, { ...args, compile: true });
  expect(graph.losses).toEqual(eager.losses);
  expect(graph.variables).toEqual(eager.variables);
  expect(eager.losses.flat().every(Number.isFinite)).toBe(true);
  return report!;
}
