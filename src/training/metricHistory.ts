import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkFunction, checkNames, checkNumber } from '../support/errors';

/** The figures of one training step. */
export interface MetricRecord {
  epoch: number;
  /** Steps of the optimizer so far. */
  step: number;
  learningRate: number;
  loss: number;
  /** Any metrics that the model was compiled with, by name. */
  [metric: string]: number;
}

/** Options of `metricHistory`. */
export interface MetricHistoryArgs {
  /** Records every so many steps; each record is one read of the device. @default 10 */
  every?: number;
  /** Called with each record, for a progress line or a live chart. */
  onRecord?: (record: MetricRecord) => void;
}

/** See `metricHistory`. */
export class MetricHistory extends tfl.Callback {
  readonly records: MetricRecord[] = [];
  private readonly every: number;
  private readonly onRecord?: (record: MetricRecord) => void;
  private epoch = 0;

  constructor(args: MetricHistoryArgs = {}) {
    super();
    checkNames('metricHistory()', args, ['every', 'onRecord']);
    this.every = checkNumber('every', args.every ?? 10, { min: 1, integer: true });
    this.onRecord = args.onRecord === undefined ? undefined : checkFunction('onRecord', args.onRecord);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.epoch = epoch;
  }

  override async onBatchEnd(_batch: number, logs: tfl.Logs = {}): Promise<void> {
    const optimizer = this.model.optimizer as tf.Optimizer & { learningRate: number };
    if (optimizer.iterations % this.every !== 0) return;
    const names = Object.keys(logs).filter((name) => name !== 'batch' && name !== 'size');
    const values = await Promise.all(names.map((name) => readScalar(logs[name])));
    const record = {
      epoch: this.epoch,
      step: optimizer.iterations,
      learningRate: optimizer.learningRate,
      ...Object.fromEntries(names.map((name, i) => [name, values[i]])),
    } as MetricRecord;
    this.records.push(record);
    this.onRecord?.(record);
    // Without a plain callback object, fitDataset never lets the event loop turn: signals, timers and pages would wait.
    await tf.nextFrame();
  }
}

/**
 * A callback that records loss, learning rate and metrics every n steps, in `.records`.
 *
 * Unlike a plain object of callbacks, which makes tfjs read every figure at every batch, it reads only what it records.
 * With each record it lets the event loop turn, so that progress is drawn and Ctrl-C or a click is heard.
 */
export function metricHistory(args: MetricHistoryArgs = {}): MetricHistory {
  return new MetricHistory(args);
}

async function readScalar(value: number | tf.Tensor): Promise<number> {
  return typeof value === 'number' ? value : (await value.data())[0];
}
