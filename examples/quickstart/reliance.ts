import * as tf from '@tensorflow/tfjs';
import { normalize } from 'tfjs-nonsemantic-negatives';
import {
  type CueImages,
  cueConflicts,
  cueImages,
  measureReliance,
  type RelianceResult,
} from 'tfjs-nonsemantic-negatives/evaluation';
import type { Embed } from './measure';
import type { Objects } from './objects';
import type { Conflict, Gallery, Reliance } from './record';
import { pngDataUri } from './report/thumbnails';

/** Held-out pictures as silhouettes, textures and so on, and as cue conflicts. */
export interface RelianceTest {
  cues: CueImages;
  captions: readonly string[];
  classNames: readonly string[];
}

/** How large the test is. */
export interface RelianceTestArgs {
  /** Held-out concepts at most, the first ones: they are in random order. */
  concepts: number;
  /** Cue conflicts at most. */
  conflicts: number;
}

/** The held-out pictures that the test is made of, by their places in the whole. */
interface HeldOut {
  places: readonly number[];
  labels: readonly number[];
  captions: readonly string[];
}

/** Makes the cue images of the first held-out concepts; nothing where too few are fit for it. */
export async function makeRelianceTest(
  objects: Objects,
  { places, labels, captions }: HeldOut,
  classNames: readonly string[],
  { concepts, conflicts }: RelianceTestArgs,
): Promise<RelianceTest | undefined> {
  const { xs, args } = await objects(places.slice(0, concepts));
  const ys = tf.tensor1d(labels.slice(0, concepts), 'int32');
  try {
    // Some concepts are too thin for a texture; the pairs are cut to what is asked for below.
    const cues = await cueImages({ xs, ys }, args);
    return {
      cues: { ...cues, pairs: cues.pairs.slice(0, conflicts) },
      captions: cues.indices.map((index) => captions[index]),
      classNames,
    };
  } catch (error) {
    console.log(`What it relies on is not measured: ${(error as Error).message}`);
    return undefined;
  } finally {
    tf.dispose([xs, ys]);
  }
}

/** Measures sets of features by name; the first is what the others are compared with. */
export function measureTest({ cues, classNames }: RelianceTest, features: { [name: string]: Embed }) {
  const encoders = Object.entries(features).map(([name, embed]): [string, Embed] => [
    name,
    (images) => embed(normalize(images)),
  ]);
  return measureReliance(cues, Object.fromEntries(encoders), { classNames: [...classNames], batchSize: 256 });
}

/** The figures without the decisions on every single conflict. */
export function relianceRecord({ encoders, differences, concepts, conflicts }: RelianceResult): Reliance {
  const figures = Object.entries(encoders).map(([name, { decisions: _, ...own }]) => [name, own] as const);
  const [baseline] = Object.keys(encoders);
  return { concepts, conflicts, baseline, encoders: Object.fromEntries(figures), differences };
}

/** The first cue conflicts as pictures, and the first on which the two first sets of features differ. */
export async function conflictPictures(
  test: RelianceTest,
  result: RelianceResult,
  count = 10,
): Promise<Pick<Gallery, 'conflicts' | 'disputes'>> {
  const [[, first], [, second]] = Object.entries(result.encoders);
  const all = test.cues.pairs.map((_, i) => i);
  const differing = all.filter((i) => first.decisions![i] !== second.decisions![i]);
  return {
    conflicts: await draw(test, result, all.slice(0, count)),
    disputes: { total: differing.length, conflicts: await draw(test, result, differing.slice(0, count)) },
  };
}

/** The cue conflicts at these places, with what each set of features takes them for. */
async function draw(
  { cues, captions }: RelianceTest,
  { encoders }: RelianceResult,
  places: readonly number[],
): Promise<Conflict[]> {
  if (places.length === 0) return [];
  const pairs = places.map((place) => cues.pairs[place]);
  const conflicts = await thumbnails(cueConflicts(cues, pairs));
  const concepts = await thumbnails(cues.images);
  return pairs.map(([shape, texture], i) => ({
    image: conflicts[i],
    shape: { caption: captions[shape], image: concepts[shape] },
    texture: { caption: captions[texture], image: concepts[texture] },
    takenForShape: Object.fromEntries(Object.entries(encoders).map(([name, own]) => [name, own.decisions![places[i]]])),
  }));
}

async function thumbnails(images: tf.Tensor4D): Promise<string[]> {
  const [count, side] = images.shape;
  const bytes = Uint8Array.from(await images.data(), (value) => Math.round(255 * value));
  const length = side * side * 3;
  return Promise.all(
    Array.from({ length: count }, (_, i) => pngDataUri(bytes.subarray(i * length, (i + 1) * length), side)),
  );
}
