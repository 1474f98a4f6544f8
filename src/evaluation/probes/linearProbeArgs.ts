import type * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../../support/checkModel';
import { checkList, checkNumber } from '../../support/checks';
import { custom, integer, list, number, optional, readOptions } from '../../support/options';
import type { Features, ImageBatches } from '../extractFeatures';

/** What `linearProbe` trains on, and how. */
export interface LinearProbeArgs {
  /** Training set: features, or images with labels for the encoder. */
  train: Features | ImageBatches;

  /** Test set, alike. */
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

  /** `cosine` to 0 over the epochs, or the epochs at which the learning rate is divided by 10. @default 'cosine' */
  schedule?: 'cosine' | number[];

  /** @default 0.9 */
  momentum?: number;

  /** Added to the gradient before the momentum, bias included. @default 0 */
  weightDecay?: number;

  /** Initial weights and the order of the rows are functions of this integer. @default 0 */
  seed?: number;
}

/**
 * Published recipes, to spread into the options: `linearProbe({ ...linearProbeRecipes.paper, encoder, train, test })`.
 */
export const linearProbeRecipes = {
  /** Linear evaluation of the non-semantic negatives' paper. */
  paper: { learningRates: [10], batchSize: 128, epochs: 60, schedule: [30, 40, 50], weightDecay: 0 },
  /** The lightly library's ImageNet benchmarks: learning rate 0.1 for a batch of 256. */
  lightly: { learningRates: [0.1], batchSize: 256, epochs: 90, schedule: 'cosine', weightDecay: 0 },
} satisfies Record<string, Partial<LinearProbeArgs>>;

/** `train` and `test` are checked where they are read. */
const source = custom((_, value) => value as Features | ImageBatches);

const inputs = {
  train: source,
  test: source,
  encoder: optional(custom((name, value) => checkEncoder(`option ${name}`, value as tfl.LayersModel))),
};

export const linearProbeOptions = {
  learningRates: list(number({ above: 0 }), 'an array of numbers', {
    min: 1,
    default: [0.03, 0.1, 0.3, 1, 3, 10, 30],
  }),
  epochs: integer({ min: 1, default: 90 }),
  batchSize: integer({ min: 1, default: 256 }),
  schedule: custom<'cosine' | number[]>(
    (name, value) =>
      value === 'cosine' ? value : checkList(name, value, "'cosine' or an array of epochs", () => true, checkNumber),
    { default: 'cosine' },
  ),
  momentum: number({ min: 0, max: 1, default: 0.9 }),
  weightDecay: number({ min: 0, default: 0 }),
  seed: integer({ default: 0 }),
};

/** Fills in defaults, and returns the schedule as a factor by epoch. */
export function readLinearProbeOptions(args: LinearProbeArgs) {
  const values = readOptions('linearProbe', args, { ...inputs, ...linearProbeOptions });
  const { schedule, epochs } = values;
  return {
    ...values,
    schedule: (epoch: number) =>
      schedule === 'cosine'
        ? 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs))
        : 0.1 ** schedule.filter((milestone) => epoch >= milestone).length,
  };
}
