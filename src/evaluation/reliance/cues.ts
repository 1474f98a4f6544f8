import type * as tf from '@tensorflow/tfjs-core';

/** Which concept lends its shape and which its texture, by their places among the cue images. */
export type ConflictPair = [shape: number, texture: number];

/**
 * Pictures and their versions, row by row the same concepts: float32 `[N, H, W, C]` in 0 … 1. Free with `tf.dispose`.
 */
export type CueImages = {
  /** The pictures, on their background. */
  images: tf.Tensor4D;
  /** `[N, H, W, 1]`: 1 inside the object, 0 outside. */
  masks: tf.Tensor4D;
  /** `[N, 1, 1, C]`: the border's median where the mask is of a plain background, white elsewhere. */
  backgrounds: tf.Tensor4D;
  /** The objects in black or white. */
  silhouettes?: tf.Tensor4D;
  /** The pictures' contours, in dark lines on white. */
  edges?: tf.Tensor4D;
  /** Textures of the objects' inside. */
  textures?: tf.Tensor4D;
  /** The pictures with their patches shuffled. */
  patches?: tf.Tensor4D;
  /**
   * Which concepts meet in each cue conflict; none where conflicts were not asked for. `cueConflicts` makes the images.
   */
  pairs: ConflictPair[];
  /** One class number a concept, where the pictures have labels. */
  labels?: number[];
  /** Place of each concept among the pictures passed in. */
  indices: number[];
  /** Pictures left out, with the reason. */
  skipped: { index: number; reason: string }[];
};
