import { FileError } from '../files/fileError';
import { removeCheckpoints, removeTemporaryFiles, stepsIn } from './checkpointFolder';
import { lockFolder } from './folderLock';

/** A folder of checkpoints, reserved for one run at a time. */
export class RunFolder {
  /** Whether the checkpoints in it belong to this run. */
  private isOwn = false;
  private release?: () => Promise<void>;

  constructor(readonly dir: string) {}

  /** Reserves the folder and continues the run in it. @throws FileError if another run has reserved it. */
  async claim(): Promise<void> {
    await this.lock();
    this.isOwn = true;
  }

  /** Reserves the folder and removes the checkpoints in it. @throws FileError if another run has reserved it. */
  async clear(): Promise<void> {
    await this.lock();
    await removeCheckpoints(this.dir);
    this.isOwn = true;
  }

  /** Reserves the folder for a new run. @throws FileError if it is reserved, or holds checkpoints of another run. */
  async startRun(): Promise<void> {
    await this.lock();
    if (!this.isOwn && (await stepsIn(this.dir)).length > 0)
      throw new FileError('train in', this.dir, 'it holds checkpoints of another run; call resume() or clear() first');
    this.isOwn = true;
  }

  /** Releases the folder. */
  async close(): Promise<void> {
    await this.release?.();
    this.release = undefined;
  }

  private async lock(): Promise<void> {
    if (this.release) return;
    this.release = await lockFolder(this.dir);
    await removeTemporaryFiles(this.dir);
  }
}
