import * as tf from '@tensorflow/tfjs';
import { randomStream, textureNegative } from 'tfjs-nonsemantic-negatives';
import { pixels } from './examples';
import { trainedSide } from './pictures';

/** Makes a texture of each image, a few at a time, so that the page stays responsive; `undefined` if stopped. */
export async function makeTextures(
  images: tf.Tensor4D,
  exemplar: number,
  onProgress: (done: number) => boolean,
): Promise<tf.Tensor4D | undefined> {
  const synthesize = textureNegative({ exemplarSize: pixels(exemplar, trainedSide), quality: 'fast' });
  const parts: tf.Tensor4D[] = [];
  try {
    for (let start = 0; start < images.shape[0]; start += 8) {
      const part = tf.tidy(() => {
        const some = tf.slice(images, [start, 0, 0, 0], [Math.min(8, images.shape[0] - start), -1, -1, -1]);
        return synthesize.apply(some, synthesize.sample(some.shape, randomStream('textures', start)));
      });
      parts.push(part);
      await part.data(); // until it is there: work that piles up on the device would freeze the page all the same
      await tf.nextFrame();
      if (!onProgress(start + part.shape[0])) return undefined;
    }
    return tf.concat(parts);
  } finally {
    tf.dispose(parts);
  }
}
