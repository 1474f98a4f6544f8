import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../support/random';
import { coherentCorrection } from './coherentCorrection';
import { drawPatches } from './mosaic';
import { layPatches } from './patches';
import { exemplarPatches, patchPass } from './patchPass';
import type { TexturePlan } from './plan';
import { buildPyramid } from './pyramid';
import { render } from './render';
import type { Sources } from './table';
import { upsample } from './upsample';

/** Called after each stage with the sources at a level of the pyramid, which live until it returns. */
type StageObserver = (stage: string, sources: Sources, level: number) => void;

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

/** Runs all stages for as many textures as fit at once. */
export function synthesize(
  exemplars: tf.Tensor5D,
  streams: readonly Random[],
  plan: TexturePlan,
  observe: StageObserver = () => {},
): tf.Tensor4D {
  return tf.tidy(() => {
    const pyramid = buildPyramid(exemplars, plan);
    const top = pyramid.length - 1;
    const patches = exemplarPatches(pyramid[top], plan);
    const correctCoarsest = coherentCorrection(pyramid[top]);
    let sources = layPatches(drawPatches(streams, plan), pyramid[top], plan);
    observe('mosaic', sources, top);
    for (const pass of plan.passes) {
      sources = patchPass(sources, pyramid[top], patches, plan, pass);
      observe('patch pass', sources, top);
      sources = correctCoarsest(sources, 1);
    }
    const finest = Math.log2(plan.block);
    for (let level = top; level >= finest; level--) {
      if (level < top) {
        sources = upsample(sources, pyramid[level + 1], pyramid[level]);
        observe('upsampling', sources, level);
      }
      const correct = level === top ? correctCoarsest : coherentCorrection(pyramid[level]);
      sources = correct(sources, level === finest ? plan.corrections : 1);
      observe('correction', sources, level);
    }
    const texture = render(exemplars, sources, pyramid[finest], plan);
    return tf.slice(texture, [0, 0, 0, 0], [-1, ...plan.size, -1]);
  });
}
