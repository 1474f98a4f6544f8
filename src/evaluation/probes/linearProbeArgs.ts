import type * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../../support/checkModel';
import { checkList, checkNames, checkNumber } from '../../support/errors';
import type { Features, ImageBatches } from '../extractFeatures';

/** Options of `linearProbe`. */
export interface LinearProbeArgs {
  /** What the classifiers are trained on: features, or images with labels for the encoder. */
  train: Features | ImageBatches;

  /** What they are tested on. */
  test: Features | ImageBatches;

  /**
   * Makes features of images. Its weights are compared, byte by byte, before and after. @default none: `train` and
   * `test` are features
   */
  encoder?: tfl.LayersModel;

  /** One classifier is trained for each, all at once. @default [0.03, 0.1, 0.3, 1, 3, 10, 30] */
  learningRates?: number[];

  /** @default 90 */
  epochs?: number;

  /** @default 256 */
  batchSize?: number;

  /** `cosine` to 0 over the epochs, or the epochs before which the learning rate is divided by 10. @default 'cosine' */
  schedule?: 'cosine' | number[];

  /** @default 0.9 */
  momentum?: number;

  /** Added to the gradient before the momentum, bias included. @default 0 */
  weightDecay?: number;

  /** Initial weights and the order of the rows are functions of this integer. @default 0 */
  seed?: number;
}

/** Published recipes, to spread into the options: `linearProbe({ ...linearProbeRecipes.paper, encoder, train, test })`. */
export const linearProbeRecipes = {
  /** Linear evaluation of the non-semantic negatives' paper. */
  paper: { learningRates: [10], batchSize: 128, epochs: 60, schedule: [30, 40, 50], weightDecay: 0 },
  /** That of the lightly library's ImageNet benchmarks: learning rate 0.1 for a batch of 256. */
  lightly: { learningRates: [0.1], batchSize: 256, epochs: 90, schedule: 'cosine', weightDecay: 0 },
} satisfies Record<string, Partial<LinearProbeArgs>>;

const NAMES = 'train test encoder learningRates epochs batchSize schedule momentum weightDecay seed'.split(' ');

/** The options with their defaults, the schedule as a factor by epoch. */
export function checkLinearProbeOptions(options: LinearProbeArgs) {
  checkNames('linearProbe', options, NAMES);
  const { learningRates = [0.03, 0.1, 0.3, 1, 3, 10, 30], schedule = 'cosine' } = options;
  const isSome = (length: number) => length > 0;
  checkList('learningRates', learningRates, 'an array of numbers', isSome, (name, rate) =>
    checkNumber(name, rate, { above: 0 }),
  );
  if (schedule !== 'cosine') checkList('schedule', schedule, "'cosine' or an array of epochs", () => true, checkNumber);
  if (options.encoder !== undefined) checkEncoder('option encoder', options.encoder);
  const epochs = checkNumber('epochs', options.epochs ?? 90, { min: 1, integer: true });
  return {
    learningRates,
    epochs,
    schedule: (epoch: number) =>
      schedule === 'cosine'
        ? 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs))
        : 0.1 ** schedule.filter((milestone) => epoch >= milestone).length,
    batchSize: checkNumber('batchSize', options.batchSize ?? 256, { min: 1, integer: true }),
    momentum: checkNumber('momentum', options.momentum ?? 0.9, { min: 0, max: 1 }),
    weightDecay: checkNumber('weightDecay', options.weightDecay ?? 0, { min: 0 }),
    seed: checkNumber('seed', options.seed ?? 0, { integer: true }),
  };
}
