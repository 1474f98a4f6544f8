import { resolve } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../../support/checkModel';
import { ArgumentError, checkNames, checkNumber } from '../../support/errors';
import type { Training } from '../../training/training';
import { restoreTraining, type TrainingPosition, trainingArtifacts } from '../../training/trainingState';
import { checkFolderPath } from '../files/checkFolderPath';
import { writeCheckpoint } from './checkpointFile';
import { checkpointPath, latestCheckpoint, pruneCheckpoints } from './checkpointFolder';
import { RunFolder } from './runFolder';

/** Options of `checkpoint`. */
export interface CheckpointArgs extends Training {
  /** The folder of the checkpoints, made if need be; one run's own. */
  dir: string;
  /** Saves every so many steps of the optimizer, and when the training ends. @default 100 */
  every?: number;
  /** How many checkpoints stay. @default 3 */
  keep?: number;
  /** More to save, anything that JSON can hold; comes back from `resume()`. */
  extra?: () => unknown;
  /** Told of damaged checkpoints. @default console.warn */
  warn?: (message: string) => void;
}

/** Where a training goes on: at epoch 0, batch 0, step 0 where nothing is saved. */
export interface ResumePoint extends TrainingPosition {
  step: number;
  /** The checkpoint's file, if there is one. */
  path?: string;
}

/** See `checkpoint`. */
export class Checkpoint extends tfl.Callback {
  /** The newest whole checkpoint's file. */
  latest?: string;
  private readonly every: number;
  private readonly keep: number;
  private position: TrainingPosition = { epoch: 0, batch: 0 };
  private savedStep = -1;
  /** Between `resume()` and the first epoch. */
  private resumed = false;
  private readonly folder: RunFolder;

  constructor(private readonly args: CheckpointArgs) {
    super();
    checkNames('checkpoint()', args, ['dir', 'every', 'keep', 'model', 'optimizer', 'dataset', 'extra', 'warn']);
    this.folder = new RunFolder(checkFolderPath('option dir', args.dir));
    checkLayersModel('option model', args.model);
    this.every = checkNumber('every', args.every ?? 100, { min: 1, integer: true });
    this.keep = checkNumber('keep', args.keep ?? 3, { min: 1, integer: true });
  }

  /**
   * Takes the folder, and brings model, optimizer and dataset to the newest whole checkpoint's state.
   *
   * @throws FileError if the folder is another run's, cannot be written, or holds only damaged checkpoints;
   * ArgumentError if what is saved is of another model, optimizer or data order.
   */
  async resume(): Promise<ResumePoint> {
    await this.folder.adopt();
    const found = await latestCheckpoint(this.args.dir, this.args.warn);
    if (!found) return { ...this.position, step: this.step };
    const { epoch, batch, step, extra } = await restoreTraining(this.args, found.artifacts);
    this.position = { epoch, batch };
    this.savedStep = step;
    this.latest = found.path;
    this.resumed = true;
    return { epoch, batch, step, extra, path: found.path };
  }

  /** Takes the folder and removes the checkpoints in it, to start over. @throws FileError */
  async clear(): Promise<void> {
    await this.folder.clear();
  }

  /** In a loop of one's own: counts a batch of `epoch`, and saves if it is time. */
  async afterStep(epoch: number): Promise<void> {
    this.resumed = false;
    if (epoch !== this.position.epoch) this.position = { epoch, batch: 0 };
    this.position.batch++;
    if (this.step % this.every === 0) await this.save();
  }

  /** Saves now. @throws FileError; what was saved before stays. ArgumentError if a weight is NaN or infinite. */
  async save(): Promise<void> {
    await this.folder.begin();
    const { dir, extra } = this.args;
    const step = this.step;
    const artifacts = await trainingArtifacts(this.args, { ...this.position, extra: extra?.() });
    const path = checkpointPath(resolve(dir), step);
    await writeCheckpoint(path, artifacts);
    this.latest = path;
    this.savedStep = step;
    await pruneCheckpoints(dir, step, this.keep);
  }

  /** Gives the folder back, as the end of `fitDataset` does by itself. */
  async close(): Promise<void> {
    await this.folder.close();
  }

  override async onTrainBegin(): Promise<void> {
    await this.folder.begin();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const { dataset } = this.args;
    if (this.resumed && epoch !== this.position.epoch)
      throw new ArgumentError('option initialEpoch', `${this.position.epoch}, where the checkpoint is`, `${epoch}`);
    if (dataset && dataset.epoch !== epoch)
      throw new ArgumentError('the dataset', `one pass an epoch, now pass ${epoch}`, `pass ${dataset.epoch}`);
    if (!this.resumed) this.position = { epoch, batch: 0 };
    this.resumed = false;
  }

  override async onBatchEnd(): Promise<void> {
    await this.afterStep(this.position.epoch);
  }

  override async onTrainEnd(): Promise<void> {
    if (this.step !== this.savedStep) await this.save();
    await this.close();
  }

  private get step(): number {
    return (this.args.optimizer ?? (this.args.model.optimizer as tf.Optimizer)).iterations;
  }
}

/**
 * A callback that keeps checkpoints of a whole training, from which it goes on to the bit, in the middle of an epoch too.
 *
 * ```ts
 * const dataset = contrastiveDataset(images, { seed, batchSize });
 * const saver = checkpoint({ dir: 'runs/first', every: 100, keep: 3, model, dataset });
 * const { epoch } = await saver.resume();   // 0 at first
 * await model.fitDataset(dataset.map(twoViews()).prefetch(2), { epochs, initialEpoch: epoch, callbacks: [saver] });
 * ```
 *
 * In a loop of one's own: `await saver.afterStep(epoch)` after each step, `await saver.close()` at the end.
 *
 * A checkpoint is one file, written aside, flushed and renamed, with a checksum: model (both encoders, batch-norm
 * statistics, queue and pointer), optimizer, step, epoch, batch, learning rate, data order and versions. Older ones go
 * once the new one is whole. One run at a time has the folder. `batchesPerEpoch` cuts passes elsewhere than at their
 * ends: leave it out, as an epoch that is one pass is what can be resumed in its middle.
 *
 * @throws ArgumentError for bad options.
 */
export function checkpoint(args: CheckpointArgs): Checkpoint {
  return new Checkpoint(args);
}
