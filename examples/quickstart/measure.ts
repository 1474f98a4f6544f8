import * as tf from '@tensorflow/tfjs';
import { type MocoV2Augmentation, normalize, randomStream } from 'tfjs-nonsemantic-negatives';
import { type Features, knn, recall } from 'tfjs-nonsemantic-negatives/evaluation';
import type { Pictures } from './pictures';

/**
 * Pictures split by concept: those trained on and those held out, the latter also in other renderings, the shifted
 * domains.
 */
export interface Split {
  train: Pictures;
  heldOut: Pictures;
  /** The held-out concepts in each shifted domain, row by row the same concepts as `heldOut`. */
  shifted: Pictures[];
}

/** How well one set of features does; shares between 0 and 1. */
export interface Measures {
  /** Finding an unseen concept's picture from one augmented view of it. */
  recallFromView: { at1: number; at10: number };
  /** Weighted kNN accuracy of the group, the bank being the training pictures, by domain of the query. */
  knnOfGroup: { [domain: string]: number };
  /** Finding the training rendering of an unseen concept from another rendering of it. */
  recallAcross: { [domain: string]: { at1: number; at10: number } };
}

/** Turns a normalized batch of pictures into one row of features each. */
export type Embed = (images: tf.Tensor4D) => tf.Tensor2D;

export const embedWith =
  (backbone: tf.LayersModel): Embed =>
  (images) =>
    backbone.predict(images, { batchSize: 256 }) as tf.Tensor2D;

/** The baseline without any learning: the pixels themselves. */
export const embedPixels: Embed = (images) => tf.reshape(images, [images.shape[0], -1]);

/** Measures one set of features, on the whole of the split. */
export async function measure(
  embed: Embed,
  split: Split,
  augmentation: MocoV2Augmentation,
  hasLabels: boolean,
): Promise<Measures> {
  const features = (pictures: Pictures): Features =>
    tf.tidy(() => {
      const { xs, ys } = pictures.toTensors();
      return { features: embed(normalize(xs)), labels: ys };
    });
  const gallery = features(split.heldOut);
  const views = tf.tidy(() => embed(oneView(split.heldOut, augmentation)));
  const fromView = await recall(views, gallery.features);
  const result: Measures = { recallFromView: shares(fromView.at), knnOfGroup: {}, recallAcross: {} };

  const bank = features(split.train);
  for (const domain of [split.heldOut, ...split.shifted]) {
    const queries = features(domain);
    if (hasLabels) result.knnOfGroup[domain.name] = (await knn(queries, bank, { k: 20, temperature: 0.1 })).top1;
    if (domain !== split.heldOut)
      result.recallAcross[domain.name] = shares((await recall(queries.features, gallery.features)).at);
    tf.dispose([queries.features, queries.labels]);
  }
  tf.dispose([views, gallery.features, gallery.labels, bank.features, bank.labels]);
  return result;
}

/** What guessing gets: a random order of the pictures, and always the commonest group. */
export function chance({ heldOut, shifted }: Split, hasLabels: boolean): Measures {
  const { size, labels } = heldOut;
  const guess = { at1: 1 / size, at10: Math.min(1, 10 / size) };
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const commonest = Math.max(...counts.values()) / size;
  const byDomain = <T>(domains: Pictures[], value: T) => Object.fromEntries(domains.map(({ name }) => [name, value]));
  return {
    recallFromView: guess,
    knnOfGroup: hasLabels ? byDomain([heldOut, ...shifted], commonest) : {},
    recallAcross: byDomain(shifted, guess),
  };
}

const shares = (at: Record<number, number>) => ({ at1: at[1], at10: at[10] });

/** One augmented view of each picture, the same at every call. */
function oneView(pictures: Pictures, augmentation: MocoV2Augmentation): tf.Tensor4D {
  const { xs } = pictures.toTensors();
  return augmentation.apply(xs, augmentation.sample(xs.shape, randomStream('view for recall')));
}
