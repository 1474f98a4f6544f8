import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError, failureReason } from '../files/fileError';
import type { ManifestEntry } from './outcome';
import { type Shard, shardSuffix } from './shard';

const flushedAt = 2 ** 16;

/**
 * Writes a shard's manifest: one JSON object a line, in the order of the sources. A temporary file takes its place at
 * the end; an interrupted run writes it anew, to the same bytes.
 */
export class Manifest {
  readonly path: string;
  private pending = '';

  private constructor(
    private readonly file: FileHandle,
    private readonly temporary: string,
    out: string,
    shard: Shard,
  ) {
    this.path = join(out, `manifest${shardSuffix(shard)}.jsonl`);
  }

  static async start(out: string, temporaryFolder: string, shard: Shard): Promise<Manifest> {
    const temporary = join(temporaryFolder, 'manifest');
    return new Manifest(await open(temporary, 'w').catch(failed(temporary)), temporary, out, shard);
  }

  async add(entry: ManifestEntry): Promise<void> {
    this.pending += `${JSON.stringify(entry)}\n`;
    if (this.pending.length >= flushedAt) await this.flush();
  }

  /** Puts the manifest in its place. */
  async end(): Promise<void> {
    await this.flush();
    await this.file.sync().catch(failed(this.path));
    await this.file.close();
    await rename(this.temporary, this.path).catch(failed(this.path));
  }

  /** Leaves the place as it was. */
  async abandon(): Promise<void> {
    await this.file.close();
  }

  private async flush(): Promise<void> {
    await this.file.writeFile(this.pending).catch(failed(this.path));
    this.pending = '';
  }
}

const failed = (path: string) => (cause: unknown) => {
  throw new FileError('write', path, failureReason(cause), { cause });
};
