import { FileError } from '../files/fileError';
import { removeAsides, removeCheckpoints, stepsIn } from './checkpointFolder';
import { lockFolder } from './folderLock';

/** A folder of checkpoints, which one run at a time has. */
export class RunFolder {
  /** Whether the checkpoints in it are this run's own. */
  private isOwn = false;
  private release?: () => Promise<void>;

  constructor(readonly dir: string) {}

  /** Takes the folder, and the checkpoints in it for this run's own. @throws FileError if it is another run's. */
  async adopt(): Promise<void> {
    await this.open();
    this.isOwn = true;
  }

  /** Takes the folder and removes the checkpoints in it. @throws FileError */
  async clear(): Promise<void> {
    await this.open();
    await removeCheckpoints(this.dir);
    this.isOwn = true;
  }

  /**
   * Takes the folder to save in it.
   *
   * @throws FileError if it holds checkpoints of another run: among this one's, they would be taken for its own one day.
   */
  async begin(): Promise<void> {
    await this.open();
    if (!this.isOwn && (await stepsIn(this.dir)).length > 0)
      throw new FileError('train in', this.dir, 'it holds checkpoints of another run; call resume() or clear() first');
    this.isOwn = true;
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    await this.release?.();
    this.release = undefined;
  }

  private async open(): Promise<void> {
    if (this.release) return;
    this.release = await lockFolder(this.dir);
    await removeAsides(this.dir);
  }
}
