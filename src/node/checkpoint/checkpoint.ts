import { resolve } from 'node:path';
import { ArgumentError, describe } from '../../support/errors';
import { integer, type OptionValues, readOptions } from '../../support/options';
import { optimizerOf, type StepResult } from '../../training/training';
import { TrainingCallback } from '../../training/trainingCallback';
import { nextPosition, type TrainingPosition } from '../../training/trainingPosition';
import { restoreTraining, trainingArtifacts } from '../../training/trainingState';
import { type CheckpointArgs, checkpointOptions, type ResumePoint } from './checkpointArgs';
import { writeCheckpoint } from './checkpointFile';
import { checkpointPath, latestCheckpoint, pruneCheckpoints } from './checkpointFolder';
import { RunFolder } from './runFolder';

/** Saves a training to a folder and resumes it from there; made by `checkpoint`. */
export class Checkpoint extends TrainingCallback {
  protected readonly owner = 'checkpoint';
  /** Path of the newest whole checkpoint. */
  latest?: string;
  private readonly args: OptionValues<typeof checkpointOptions>;
  private readonly folder: RunFolder;
  private position: TrainingPosition = { epoch: 0, batch: 0 };
  private saved?: TrainingPosition & { step: number };
  /** Whether `resume()` was called and no epoch has begun since. */
  private isResumed = false;

  constructor(args: CheckpointArgs) {
    super();
    this.args = readOptions<CheckpointArgs, typeof checkpointOptions>('checkpoint', args, checkpointOptions);
    this.folder = new RunFolder(this.args.dir);
  }

  /**
   * Reserves the folder, and brings model, optimizer and dataset to the state of the newest whole checkpoint.
   *
   * After the last step of an epoch this is the start of the next one, so that a finished training has no epoch left.
   *
   * @throws FileError if another run has the folder, if it cannot be written, or if all checkpoints are damaged;
   * ArgumentError if what is saved belongs to another model, optimizer or data order.
   */
  async resume(): Promise<ResumePoint> {
    await this.folder.claim();
    const found = await latestCheckpoint(this.args.dir, this.args.warn);
    if (!found) return { ...this.position, step: this.step };
    const { epoch, batch, step, extra } = await restoreTraining(this.args, found.artifacts);
    this.position = { epoch, batch };
    this.saved = { epoch, batch, step };
    this.latest = found.path;
    this.isResumed = true;
    return { epoch, batch, step, extra, path: found.path };
  }

  /** Reserves the folder and removes the checkpoints in it, to start over. @throws FileError */
  async clear(): Promise<void> {
    await this.folder.clear();
  }

  /** Counts a finished step of a custom loop, and saves if it is time. @throws ArgumentError without an epoch. */
  async afterStep(step: StepResult & { epoch: number }): Promise<void> {
    const epoch = integer({ min: 0 }).read('epoch', step?.epoch);
    this.isResumed = false;
    if (epoch !== this.position.epoch) this.position = { epoch, batch: 0 };
    this.position.batch++;
    if (this.step % this.args.every === 0) await this.save();
  }

  /** Saves now. @throws FileError; earlier checkpoints stay. ArgumentError for a weight that is NaN or infinite. */
  async save(): Promise<void> {
    await this.folder.startRun();
    const { dir, extra, keep } = this.args;
    const step = this.step;
    const position = nextPosition(this.position, this.args.dataset?.order);
    const artifacts = await trainingArtifacts(this.args, { ...position, extra: extra?.() });
    const path = checkpointPath(resolve(dir), step);
    await writeCheckpoint(path, artifacts);
    this.latest = path;
    this.saved = { ...position, step };
    await pruneCheckpoints(dir, step, keep);
  }

  /** Releases the folder, as the end of `fit` does. */
  async close(): Promise<void> {
    await this.folder.close();
  }

  override async onTrainBegin(): Promise<void> {
    await this.folder.startRun();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const { dataset } = this.args;
    if (this.isResumed && epoch !== this.position.epoch)
      throw new ArgumentError(
        'option initialEpoch',
        `${this.position.epoch}`,
        describe(epoch),
        'The checkpoint is of that epoch.',
      );
    if (dataset && dataset.epoch !== epoch)
      throw new ArgumentError('the dataset', `pass ${epoch}`, `pass ${dataset.epoch}`, 'An epoch is one pass.');
    if (!this.isResumed) this.position = { epoch, batch: 0 };
    this.isResumed = false;
  }

  override async onBatchEnd(): Promise<void> {
    await this.afterStep({ epoch: this.position.epoch });
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    // A training that is stopped ends its epoch too, wherever it stands.
    if ((this.model as unknown as { stopTraining_?: boolean } | null)?.stopTraining_) return;
    this.position = { epoch: epoch + 1, batch: 0 };
    // What was saved after the last batch did not know that it was the last.
    if (this.saved?.step === this.step && this.saved.epoch !== this.position.epoch) await this.save();
  }

  override async onTrainEnd(): Promise<void> {
    const { epoch } = this.position;
    if (this.isResumed)
      this.args.warn(`Nothing is left to train: ${JSON.stringify(this.latest)} stands at the end of ${epoch} epochs.`);
    if (this.step !== this.saved?.step) await this.save();
    await this.close();
  }

  private get step(): number {
    return optimizerOf(this.args.model, this.args.optimizer).iterations;
  }
}

/**
 * Returns a callback that keeps checkpoints of a whole training, which continues from them to the bit, also in the
 * middle of an epoch.
 *
 * ```ts
 * const dataset = contrastiveDataset(images, { seed, batchSize });
 * const saver = checkpoint({ dir: 'runs/first', every: 100, keep: 3, model, dataset });
 * const { epoch } = await saver.resume();   // 0 at first
 * await model.fitDataset(dataset.map(twoViews()).prefetch(2), { epochs, initialEpoch: epoch, callbacks: [saver] });
 * ```
 *
 * In a custom loop: `await saver.afterStep({ epoch })` after each step, `await saver.close()` at the end.
 *
 * A checkpoint is one file with a checksum: model (both encoders, batch-norm statistics, queue and pointer), optimizer,
 * step, epoch, batch, learning rate, data order and versions. It is written to a temporary file, flushed and renamed;
 * then older ones are removed. One run at a time, of one thread, holds the folder. Leave out `batchesPerEpoch`: only an
 * epoch that is one pass can be resumed in its middle.
 *
 * @throws ArgumentError for bad options.
 */
export function checkpoint(args: CheckpointArgs): Checkpoint {
  return new Checkpoint(args);
}
