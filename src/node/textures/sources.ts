import { relative, sep } from 'node:path';
import { imageExtensions } from '../images/imageFormat';
import { type SkippedFile, walk } from '../images/listImages';
import type { TextureOutcome } from './outcome';
import { belongsTo, type Shard } from './shard';

/**
 * An image to make a texture of, by its path in the input folder with `/` between; or a file that the listing skipped.
 */
export type TextureSource = { source: string } | Extract<TextureOutcome, { status: 'skipped' }>;

/** Lists a shard's sources in the order of their folders' names and their own, with one folder in memory at a time. */
export async function* listSources(
  input: string,
  shard: Shard,
  followSymlinks: boolean,
): AsyncGenerator<TextureSource> {
  const skipped: SkippedFile[] = [];
  const takeSkipped = () =>
    skipped
      .splice(0)
      .map(({ path, reason }) => ({ status: 'skipped', kind: 'not listed', source: nameOf(path), reason }) as const)
      .filter(({ source }) => belongsTo(shard, source));
  const nameOf = (path: string) => relative(input, path).split(sep).join('/');

  for await (const file of walk(input, { extensions: imageExtensions, followSymlinks, onError: 'skip' }, skipped)) {
    yield* takeSkipped();
    const source = file.split(sep).join('/');
    if (belongsTo(shard, source)) yield { source };
  }
  yield* takeSkipped();
}
