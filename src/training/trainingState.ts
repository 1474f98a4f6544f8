import * as tf from '@tensorflow/tfjs-core';
import { type DataOrder, savedHint } from '../data/dataOrder';
import { ArgumentError, describe } from '../support/errors';
import { custom, integer, readOptions } from '../support/options';
import { version } from '../support/version';
import { checkFiniteWeights, checkWeights, decodeWeights, toTensor } from './savedWeights';
import { setLearningRate } from './setLearningRate';
import { slotsByIndex, slotsByVariable } from './slotNames';
import { checkTraining, type Training } from './training';
import { nextPosition, type TrainingPosition } from './trainingPosition';

/** What is saved beside the weights. */
export interface TrainingState extends TrainingPosition {
  /** Steps of the optimizer, the time of schedules by step. */
  step: number;
  /** The optimizer's learning rate; null where it has none. */
  learningRate: number | null;
  /** Class of the optimizer. */
  optimizer: string;
  /** Variables of the optimizer that its `getWeights` leaves out, such as Adam's powers of β. */
  variables: { [name: string]: number };
  /** Seed and order of the data. */
  data: DataOrder | null;
  /** Versions of the format, of this package and of tfjs, and the backend, at the time of saving. */
  versions: { format: number; package: string; tfjs: string; backend: string };
}

/** The state's name in the artifacts' `userDefinedMetadata`. */
const key = 'nonSemanticTraining';
const format = 1;

export const trainingPositionOptions = {
  epoch: integer({ min: 0 }),
  batch: integer({ min: 0 }),
  extra: custom((_, value) => value),
};

/**
 * Returns a training as tfjs's `ModelArtifacts`, which every tfjs IO handler stores: files, IndexedDB, downloads, HTTP.
 *
 * ```ts
 * const [handler] = tf.io.getSaveHandlers('indexeddb://my-run');
 * await handler.save(await trainingArtifacts({ model, dataset }, { epoch, batch }));
 * ```
 *
 * The weights are the model's, in order, then the optimizer's slots (group `optimizer`), so that the artifacts also
 * load as an ordinary model.
 *
 * @throws ArgumentError without an optimizer or a whole position, and for a weight that is NaN or infinite.
 */
export async function trainingArtifacts(
  training: Training,
  position: TrainingPosition,
): Promise<tf.io.ModelArtifacts & { weightSpecs: tf.io.WeightsManifestEntry[]; weightData: ArrayBuffer }> {
  const { model, optimizer, dataset } = checkTraining(training);
  const checked = readOptions<TrainingPosition, typeof trainingPositionOptions>(
    'trainingArtifacts',
    position,
    trainingPositionOptions,
  );
  const weights = model.weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() }));
  const slots = slotsByIndex(await optimizer.getWeights(), model);
  const step = optimizer.iterations;
  const encodedWeights = await tf.io.encodeWeights(weights, 'model');
  const encodedSlots = await tf.io.encodeWeights(slots, 'optimizer');
  // The count of steps is a new tensor; the slots are the optimizer's own variables.
  tf.dispose(slots.map(({ tensor }) => tensor).filter((tensor) => !(tensor instanceof tf.Variable)));
  for (const { specs, data } of [encodedWeights, encodedSlots]) checkFiniteWeights(decodeWeights(specs, data), step);

  const state: TrainingState = {
    ...checked,
    step,
    learningRate: (optimizer as tf.Optimizer & { learningRate?: number }).learningRate ?? null,
    optimizer: optimizer.getClassName(),
    variables: Object.fromEntries(
      await Promise.all(scalarsOf(optimizer).map(async ([name, x]) => [name, (await x.data())[0]])),
    ),
    data: dataset?.order ?? null,
    versions: { format, package: version, tfjs: tf.version_core, backend: tf.getBackend() },
  };
  return {
    format: 'layers-model',
    generatedBy: `tfjs-nonsemantic-negatives ${version}`,
    convertedBy: null as unknown as undefined,
    modelTopology: model.toJSON(null, false) as object,
    weightSpecs: [...encodedWeights.specs, ...encodedSlots.specs],
    weightData: tf.io.CompositeArrayBuffer.join([encodedWeights.data, encodedSlots.data]),
    userDefinedMetadata: { [key]: state },
  };
}

/**
 * Brings a freshly built training to a saved state, to the bit: weights, slots, learning rate, and the dataset's
 * position. Nothing is changed unless everything fits.
 *
 * ```ts
 * const [handler] = tf.io.getLoadHandlers('indexeddb://my-run');
 * const { epoch } = await restoreTraining({ model, dataset }, await handler.load());
 * ```
 *
 * @returns The saved state; its position is the start of the next epoch if an epoch was just finished.
 * @throws ArgumentError for artifacts without a training, and for those of another model, optimizer or data order.
 */
export async function restoreTraining(training: Training, artifacts: tf.io.ModelArtifacts): Promise<TrainingState> {
  const { model, optimizer, dataset } = checkTraining(training);
  const saved = stateOf(artifacts);
  const state = nextPosition(saved, saved.data);
  if (state.optimizer !== optimizer.getClassName())
    throw new ArgumentError('the optimizer', state.optimizer, optimizer.getClassName(), savedHint);
  const decoded = decodeWeights(artifacts.weightSpecs ?? [], tf.io.CompositeArrayBuffer.join(artifacts.weightData));
  const weights = decoded.filter(({ spec }) => spec.group !== 'optimizer');
  checkWeights(model, weights);
  if (dataset && state.data) dataset.startAt(state, state.data);

  const tensors = weights.map(toTensor);
  const slots = decoded.slice(weights.length).map((weight) => ({ name: weight.spec.name, tensor: toTensor(weight) }));
  model.setWeights(tensors);
  await optimizer.setWeights(slotsByVariable(slots, weights, model));
  for (const [name, x] of scalarsOf(optimizer)) tf.tidy(() => x.assign(tf.scalar(state.variables[name], x.dtype)));
  if (state.learningRate !== null) setLearningRate(optimizer, state.learningRate);
  tf.dispose([tensors, slots.map(({ tensor }) => tensor)]);
  return state;
}

/**
 * Scalars of the optimizer: tfjs's Adam would recompute its powers, which rounds differently from multiplying step by
 * step.
 */
function scalarsOf(optimizer: tf.Optimizer): [string, tf.Variable][] {
  return Object.entries(optimizer).filter(([, value]) => value instanceof tf.Variable);
}

/** Returns the state that artifacts hold. @throws ArgumentError for artifacts without a training of this format. */
export function stateOf(artifacts: tf.io.ModelArtifacts): TrainingState {
  const state = artifacts?.userDefinedMetadata?.[key] as unknown as TrainingState | undefined;
  if (typeof state !== 'object')
    throw new ArgumentError('the artifacts', 'those of trainingArtifacts()', 'some without a training in them');
  if (state.versions?.format !== format)
    throw new ArgumentError('the artifacts', `a training of format ${format}`, describe(state.versions));
  return state;
}
