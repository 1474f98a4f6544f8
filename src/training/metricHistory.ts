import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { func, integer, optional, readOptions } from '../support/options';
import { TrainingCallback } from './trainingCallback';

/** The figures of one training step. */
export interface MetricRecord {
  /** Epoch of the step, from 0. */
  epoch: number;
  /** Steps of the optimizer so far. */
  step: number;
  /** Learning rate after the step. */
  learningRate: number;
  /** Loss of the step's batch. */
  loss: number;
  /** Each metric that the model was compiled with, by name. */
  [metric: string]: number;
}

/** How training steps are recorded. */
export interface MetricHistoryArgs {
  /** Steps from one record to the next; each record is one read of the device. @default 10 */
  every?: number;
  /** Receives each record, for a progress line or a live chart. */
  onRecord?: (record: MetricRecord) => void;
}

export const metricHistoryOptions = {
  every: integer({ min: 1, default: 10 }),
  onRecord: optional(func<(record: MetricRecord) => void>()),
};

/** Records loss, learning rate and metrics of training steps; made by `metricHistory`. */
export class MetricHistory extends TrainingCallback {
  protected readonly owner = 'metricHistory';
  /** The records so far, oldest first. */
  readonly records: MetricRecord[] = [];
  private readonly every: number;
  private readonly onRecord?: (record: MetricRecord) => void;
  private epoch = 0;

  constructor(args?: MetricHistoryArgs) {
    super();
    const { every, onRecord } = readOptions('metricHistory', args, metricHistoryOptions);
    this.every = every;
    this.onRecord = onRecord;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.epoch = epoch;
  }

  override async onBatchEnd(_batch: number, logs: tfl.Logs = {}): Promise<void> {
    const { iterations, learningRate } = this.optimizer as tf.Optimizer & { learningRate: number };
    if (iterations % this.every !== 0) return;
    const names = Object.keys(logs).filter((name) => name !== 'batch' && name !== 'size');
    const values = await Promise.all(names.map((name) => readScalar(logs[name])));
    const record = {
      epoch: this.epoch,
      step: iterations,
      learningRate,
      ...Object.fromEntries(names.map((name, i) => [name, values[i]])),
    } as MetricRecord;
    this.records.push(record);
    this.onRecord?.(record);
    // Without a plain callback object fitDataset never lets the event loop turn: signals, timers and pages would wait.
    await tf.nextFrame();
  }
}

/**
 * Returns a callback that records loss, learning rate and metrics every n steps, in `.records`.
 *
 * It reads only what it records, while a plain object of callbacks makes tfjs read every figure of every batch. Each
 * record lets the event loop turn, so that progress is drawn and Ctrl-C or a click takes effect.
 *
 * @throws ArgumentError for bad options.
 */
export function metricHistory(args?: MetricHistoryArgs): MetricHistory {
  return new MetricHistory(args);
}

async function readScalar(value: number | tf.Tensor): Promise<number> {
  return typeof value === 'number' ? value : (await value.data())[0];
}
