import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cifar10, imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { ImageSet } from '../evaluate/imageSet';
import { sameClass } from './config';

const cache = '.cache';
/** A folder that may hold cifar10-jpeg.tar.gz, texture-vs-shape.tar.gz and tiny-imagenet-100.tar.gz. */
const archives = process.env.REPRODUCE_ARCHIVES;

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
  if (!folder) throw new Error('Expected --images DIR, with CIFAR-10 as its binary files or as train/ and test/.');
  return folder;
}

/** Returns the folder of an archive, unpacked once; nothing where neither exists. */
export async function unpacked(archive: string, name: string, flat: boolean): Promise<string | undefined> {
  const target = join(cache, name);
  if (await exists(target)) return target;
  if (!archives || !(await exists(join(archives, archive)))) return undefined;
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, `${name}-`));
  await promisify(execFile)('tar', ['-xzf', join(archives, archive), '-C', temporary]);
  await rename(flat ? temporary : join(temporary, name), target);
  await rm(temporary, { recursive: true, force: true });
  return target;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
