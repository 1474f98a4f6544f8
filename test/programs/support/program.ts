import type * as tfl from '@tensorflow/tfjs-layers';
import { mocoV2Augmentation } from 'tfjs-nonsemantic-negatives';
import type { ShapeImages } from './shapes';
import type { Watch } from './watch';

/** A small program as users of TensorFlow.js write them, before and after it adopts this package. */
export interface Program {
  name: string;
  /** Height and width of its images. */
  size: number;
  channels: number;
  /** Reads of the device that an epoch may take. @default 1, that of the loss */
  reads?: number;
  /** The epoch with which it continues as a loaded model. @default none */
  resumesAt?: number;
  /** Trains as it was. */
  before(images: ShapeImages, watch: Watch): Promise<void>;
  /** Trains with this package, having told the watch of its untrained encoder. @returns The trained encoder. */
  after(images: ShapeImages, watch: Watch): Promise<tfl.LayersModel>;
}

/** Views for pictures of few pixels, with values in -1 … 1. */
export const mildViews = (channels: number) =>
  mocoV2Augmentation({
    scale: [0.5, 1],
    blurProbability: 0,
    mean: Array(channels).fill(0.5),
    standardDeviation: Array(channels).fill(0.5),
  });
