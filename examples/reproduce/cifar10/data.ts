import { join } from 'node:path';
import { cifar10, imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { ImageSet } from '../../evaluate/imageSet';
import { unpacked } from '../support/archives';
import { sameClass } from './config';

/** The training images, and the domains to test on: CIFAR-10's test images first. */
export interface Data {
  train: ImageSet;
  domains: ImageSet[];
}

/**
 * Reads CIFAR-10 from `dir`, and of Geirhos et al.'s images those of its classes; without a folder, from the archives
 * in `REPRODUCE_ARCHIVES`.
 */
export async function readData(dir: string | undefined, imagesPerClass: number): Promise<Data> {
  const cifar = await cifarFolder(dir);
  const train = ImageSet.of('train', await cifar10(cifar, { train: true })).perClass(imagesPerClass);
  const test = ImageSet.of('CIFAR-10 test', await cifar10(cifar, { train: false }));
  const shapes = await unpacked('texture-vs-shape.tar.gz', 'texture-vs-shape', false);
  if (!shapes)
    console.log('Without texture-vs-shape.tar.gz in REPRODUCE_ARCHIVES: no edges, silhouettes and cue conflicts.');
  const domains = (shapes ? ['edges', 'filled-silhouettes', 'cue-conflict'] : []).map(async (name) =>
    ImageSet.of(name, await imageFolder(join(shapes!, name), { size: 32 }), sameClass),
  );
  return { train, domains: [test, ...(await Promise.all(domains))] };
}

/** The folder of CIFAR-10: `dir`, or the unpacked archive. */
export async function cifarFolder(dir: string | undefined): Promise<string> {
  const folder = dir ?? (await unpacked('cifar10-jpeg.tar.gz', 'cifar10', true));
  if (!folder)
    throw new Error('Expected CIFAR-10, its binary files or train/ and test/, for --images, received no folder.');
  return folder;
}
