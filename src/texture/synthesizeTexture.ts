import * as tf from '@tensorflow/tfjs-core';
import {
  ArgumentError,
  checkChoice,
  checkFunction,
  checkList,
  checkNames,
  checkNumber,
  describe,
} from '../support/errors';
import { type Random, randomStream } from '../support/random';
import { checkPrecision } from './checkPrecision';
import { coherentCorrection } from './coherentCorrection';
import { drawPatches } from './mosaic';
import { layPatches } from './patches';
import { exemplarPatches, patchPass } from './patchPass';
import { imagesAtOnce, planTexture, type TexturePlan, type TextureQuality } from './plan';
import { buildPyramid } from './pyramid';
import { blend } from './render';
import { upsample } from './upsample';

/** Options of `synthesizeTexture`. */
export interface TextureSynthesisArgs {
  /** Height and width of the textures, or one number for both. */
  size: number | readonly [number, number];
  /** Texture i is a function of its exemplars and (seed, i). @default 0 */
  seed?: number;
  /** One random stream a texture, in place of `seed`. */
  streams?: readonly Random[];
  /** `'fast'` takes about half the time and shows its seams a little more. @default 'high' */
  quality?: TextureQuality;
}

/**
 * Synthesizes one texture from each group of exemplars: everywhere locally like them, globally like nothing.
 *
 * Parallel coordinate synthesis: what is computed is, for every output pixel, which exemplar pixel it shows. A mosaic
 * of random patches at the coarsest level of a pyramid, each exemplar in its own zone, is improved by patch passes (exhaustive matching, cf. Efros &
 * Freeman 2001 and Kwatra et al. 2005), then level by level by coherent corrections (Ashikhmin 2001; Lefebvre & Hoppe
 * 2005). Every step is a tensor operation over the whole batch; nothing is read back from the device.
 *
 * @param exemplars Float32 `[N, E, m, m, C]` of any finite values: E exemplars a texture, of at least 8 x 8 pixels.
 * @returns `[N, height, width, C]`, within each group's own least and greatest value. Texture i depends on its own
 * exemplars and its own draw alone: the same bytes in a batch of any size.
 * @throws ArgumentError for other shapes or types, for exemplars that are too small, and for unknown options; Error on a
 * WebGL device with 16-bit floats only, and on WebGL for a texture of more than about 1800 x 1800 pixels.
 */
export function synthesizeTexture(exemplars: tf.Tensor5D, args: TextureSynthesisArgs): tf.Tensor4D {
  checkNames('synthesizeTexture()', args, ['size', 'seed', 'streams', 'quality']);
  checkExemplars(exemplars);
  const [images, count, exemplarSize, , channels] = exemplars.shape;
  const quality = checkChoice('quality', args.quality ?? 'high', ['fast', 'high'] as const);
  const size = checkSize(args.size);
  const seed = checkNumber('seed', args.seed ?? 0);
  const streams = args.streams ?? Array.from({ length: images }, (_, i) => randomStream(seed, i, 'texture'));
  const expected = `one stream for each of ${images} textures`;
  checkList(
    'streams',
    streams,
    expected,
    (length) => length === images,
    (name, stream) => checkFunction(name, stream as Random),
  );
  const plan = planTexture({ exemplars: count, exemplarSize, channels, size, quality });
  checkPrecision(tf.getBackend(), (name) => tf.env().getBool(name), plan);
  return synthesizeInChunks(exemplars, streams, plan, imagesAtOnce(plan));
}

/** Synthesizes `step` textures at a time. */
export function synthesizeInChunks(
  exemplars: tf.Tensor5D,
  streams: readonly Random[],
  plan: TexturePlan,
  step: number,
): tf.Tensor4D {
  const [images] = exemplars.shape;
  if (images <= step) return synthesize(exemplars, streams, plan);
  return tf.tidy(() => {
    const chunks: tf.Tensor4D[] = [];
    for (let i = 0; i < images; i += step) {
      const chunk = tf.slice(exemplars, i, Math.min(step, images - i));
      chunks.push(synthesize(chunk, streams.slice(i, i + step), plan));
    }
    return tf.concat(chunks);
  });
}

/** All steps for as many textures as fit at once. */
export function synthesize(exemplars: tf.Tensor5D, streams: readonly Random[], plan: TexturePlan): tf.Tensor4D {
  return tf.tidy(() => {
    const pyramid = buildPyramid(exemplars, plan);
    const top = pyramid.length - 1;
    const patches = exemplarPatches(pyramid[top], plan);
    const correctCoarsest = coherentCorrection(pyramid[top]);
    let sources = layPatches(drawPatches(streams, plan), pyramid[top], plan);
    for (const shift of plan.shifts) {
      sources = patchPass(sources, pyramid[top], patches, plan, shift);
      sources = correctCoarsest(sources, 1);
    }
    for (let level = top; level >= 0; level--) {
      if (level < top) sources = upsample(sources, pyramid[level + 1], pyramid[level]);
      const times = plan.corrections[level];
      const correct = level === top ? correctCoarsest : coherentCorrection(pyramid[level]);
      if (times > 0) sources = correct(sources, times);
    }
    const texture = blend(exemplars, sources, pyramid[0], plan);
    return tf.slice(texture, [0, 0, 0, 0], [-1, ...plan.size, -1]);
  });
}

function checkExemplars(exemplars: tf.Tensor5D): void {
  const expected = 'a float32 tensor of shape [N, E, m, m, C]';
  if (
    !(exemplars instanceof tf.Tensor) ||
    exemplars.isDisposed ||
    exemplars.rank !== 5 ||
    exemplars.dtype !== 'float32' ||
    exemplars.size === 0
  )
    throw new ArgumentError('input exemplars', expected, describe(exemplars));
  if (exemplars.shape[2] !== exemplars.shape[3])
    throw new ArgumentError('input exemplars', `square exemplars, ${expected}`, describe(exemplars));
}

function checkSize(size: unknown): [number, number] {
  const sides = Array.isArray(size) ? size : [size, size];
  if (sides.length !== 2) throw new ArgumentError('option size', 'a number or [height, width]', describe(size));
  return [
    checkNumber('size', sides[0], { min: 1, integer: true }),
    checkNumber('size', sides[1], { min: 1, integer: true }),
  ];
}
