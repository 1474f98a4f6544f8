import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { ImageSet } from '../../evaluate/imageSet';
import type { Data } from '../cifar10/data';
import { unpacked } from '../support/archives';

/** The images, and the group of each class, such as the dogs. */
export interface TinyImageNet extends Data {
  groupOf: { [className: string]: string };
}

/**
 * Reads train/ and val/ with class folders and classes.tsv (wnid, folder, group) from `dir`, or from
 * tiny-imagenet-100.tar.gz in `REPRODUCE_ARCHIVES`.
 */
export async function readTinyImageNet(
  given: string | undefined,
  imagesPerClass: number,
  testPerClass = Number.POSITIVE_INFINITY,
): Promise<TinyImageNet> {
  const dir = given ?? (await unpacked('tiny-imagenet-100.tar.gz', 'tiny-imagenet-100', false));
  if (!dir) throw new Error('Expected train/, val/ and classes.tsv in a folder for --images, received no folder.');
  const read = async (name: string, folder: string) =>
    ImageSet.of(name, await imageFolder(join(dir, folder), { size: 32 }));
  const rows = (await readFile(join(dir, 'classes.tsv'), 'utf8')).trim().split('\n').slice(1);
  return {
    train: (await read('train', 'train')).perClass(imagesPerClass),
    domains: [(await read('test', 'val')).perClass(testPerClass)],
    groupOf: Object.fromEntries(rows.map((row) => row.split('\t').slice(1) as [string, string])),
  };
}
