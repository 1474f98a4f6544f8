import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Features } from 'tfjs-nonsemantic-negatives/evaluation';
import { writeWhole } from '../support/files';
import { encodeSafetensors, readSafetensors, type StoredTensors } from '../support/safetensors';
import { computeFeatures, type FeatureSource } from './features';
import type { ImageSet } from './imageSet';

/** Part `index` of `count` of the work; `count` itself may be called 0. */
export interface Shard {
  index: number;
  count: number;
}

/** Where the features of one encoder lie: `dir/<domain>/00000.safetensors` and so on. */
export interface FeatureStore {
  dir: string;
  /** The folder of the domains' images, in which their paths are stored. */
  images: string;
  /** The encoder's hash. */
  encoder: string;
  /** Images a file: of whole batches, so that each image is computed beside the same others in any shard. @default 4000 */
  partSize?: number;
}

/** The features of a domain, as they were written. */
export interface StoredFeatures extends Features {
  /** The hash of the encoder that made them. */
  encoder: string;
  /** The class of each label. */
  classNames: string[];
  /** The image of each row. */
  paths: string[];
}

/**
 * Computes features, a file for some thousands of images; each file is written whole or not at all, and those that are
 * there are kept.
 *
 * @throws Error where those that are there are of another encoder or of other images.
 */
export async function writeFeatures(
  encoder: tf.LayersModel,
  set: ImageSet,
  { dir, images, encoder: hash, partSize = 4000 }: FeatureStore,
  { index, count }: Shard = { index: 1, count: 1 },
  onProgress: (what: string) => void = () => {},
): Promise<void> {
  const parts = Math.ceil(set.size / partSize);
  for (let part = 0; part < parts; part++) {
    if (part % count !== index % count) continue;
    const path = join(dir, set.name, `${String(part).padStart(5, '0')}.safetensors`);
    const some = set.slice(part * partSize, (part + 1) * partSize);
    const metadata = {
      encoder: hash,
      backend: tf.getBackend(),
      part: `${part + 1}/${parts}`,
      classNames: JSON.stringify(set.classes),
      paths: JSON.stringify(pathsOf(some, images)),
    };
    if (existsSync(path)) {
      checkSame(path, readSafetensors(path).metadata, metadata);
      continue;
    }
    onProgress(`${path} …`);
    const { features, labels } = await computeFeatures(encoder)(some, set.classes);
    const tensors: StoredTensors['tensors'] = new Map();
    for (const [name, tensor] of Object.entries({ features, labels }))
      tensors.set(name, { shape: tensor.shape, values: (await tensor.data()) as Float32Array | Int32Array });
    tf.dispose([features, labels]);
    await writeWhole(path, encodeSafetensors({ metadata, tensors }));
  }
}

/**
 * Reads all features of a domain, for `knn`, `linearProbe` and the like.
 *
 * @param dir The domain's folder.
 * @throws Error where a part is missing, or is of another encoder or backend than the first.
 */
export function readFeatures(dir: string): StoredFeatures {
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.safetensors')) : [];
  const parts = names.sort().map((name) => ({ path: join(dir, name), ...readSafetensors(join(dir, name)) }));
  if (parts.length === 0) throw new Error(`Expected features in ${dir}, received none.`);
  const [{ metadata }] = parts;
  const count = Number(metadata.part.split('/')[1]);
  const missing = Array.from({ length: count }, (_, i) => `${i + 1}/${count}`).filter(
    (part) => !parts.some((found) => found.metadata.part === part),
  );
  if (missing.length > 0) throw new Error(`Expected all parts in ${dir}, received none of ${missing.join(', ')}.`);
  const { encoder, backend, classNames } = metadata;
  for (const { path, metadata } of parts) checkSame(path, metadata, { encoder, backend, classNames });

  const [features, labels] = ['features', 'labels'].map((name) => {
    const stored = parts.map(({ tensors }) => tensors.get(name)!);
    return tf.tidy(() => tf.concat(stored.map(({ values, shape }) => tf.tensor(values, shape))));
  });
  return {
    features: features as tf.Tensor2D,
    labels: labels as tf.Tensor1D,
    encoder,
    classNames: JSON.parse(classNames),
    paths: parts.flatMap(({ metadata }) => JSON.parse(metadata.paths)),
  };
}

/** Takes the features of a set from those of its domain. @throws Error where they are not those of its images. */
export function storedFeatures({ dir, images, encoder }: FeatureStore): FeatureSource {
  return async (set, classes) => {
    const path = join(dir, set.name);
    const whole = readFeatures(path);
    checkSame(path, { encoder: whole.encoder }, { encoder });
    const paths = set.rows.map((row) => whole.paths[row]);
    checkSame(path, { paths: JSON.stringify(paths) }, { paths: JSON.stringify(pathsOf(set, images)) });
    const features = tf.tidy(() => tf.gather(whole.features, tf.tensor1d([...set.rows], 'int32')));
    tf.dispose([whole.features, whole.labels]);
    return { features, labels: tf.tensor1d(set.labels(classes), 'int32') };
  };
}

function pathsOf(set: ImageSet, root: string): string[] {
  if (!set.paths) throw new Error(`Expected files of ${set.name} to store features of, received none.`);
  return set.paths.map((path) => relative(root, path).split(sep).join('/'));
}

/** @throws Error that names what differs. */
function checkSame(path: string, found: { [key: string]: string }, expected: { [key: string]: string }): void {
  for (const [name, value] of Object.entries(expected)) {
    if (found[name] === value) continue;
    const [other, own] = [found[name], value].map((text) => (text.length > 80 ? 'others' : text));
    throw new Error(
      `Expected ${name} ${own} for the features ${path}, received ${other}: delete them, or use another folder.`,
    );
  }
}
