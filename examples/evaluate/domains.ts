import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { ImageSet } from './imageSet';

export interface DomainsOptions {
  /** The folder of the classifiers' training images. */
  bank: string;
  /** The domain that comes first. @default `test`, else the first by name */
  first?: string;
  /** Other names of classes. */
  same: { [className: string]: string };
  /** Height and width that the encoder takes. */
  size: [number, number];
}

/** Reads `root/<domain>/<class>/…`: the bank, and all other domains. */
export async function readDomains(
  root: string,
  { bank, first = 'test', same, size }: DomainsOptions,
): Promise<{ bank: ImageSet; domains: ImageSet[] }> {
  const folders: string[] = [];
  for (const name of (await readdir(root)).sort())
    if (!name.startsWith('.') && (await stat(join(root, name))).isDirectory()) folders.push(name);
  if (!folders.includes(bank))
    throw new Error(`Expected a folder ${bank} in ${root} for --bank, received ${folders.join(', ') || 'none'}.`);
  const others = folders.filter((name) => name !== bank);
  if (others.length === 0) throw new Error(`Expected a domain beside ${bank} in ${root} to test on, received none.`);
  const order = [...others.filter((name) => name === first), ...others.filter((name) => name !== first)];
  const read = async (name: string) => ImageSet.of(name, await imageFolder(join(root, name), { size }), same);
  return { bank: await read(bank), domains: await Promise.all(order.map(read)) };
}
