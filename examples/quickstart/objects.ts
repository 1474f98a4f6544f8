import type * as tf from '@tensorflow/tfjs';
import type { CueImagesArgs } from 'tfjs-nonsemantic-negatives/evaluation';

/** Draws some concepts for `cueImages`, with what it needs to know of them. */
export type Objects = (places: readonly number[]) => Promise<{ xs: tf.Tensor4D; args: CueImagesArgs }>;
