import * as tf from '@tensorflow/tfjs';
import { type ImageSource, randomStream, textureNegative } from 'tfjs-nonsemantic-negatives';
import type { Pictures } from '../../quickstart/pictures';

/** The pictures with one texture each in place of the label, made once, as in the paper. */
export async function withTextures(pictures: Pictures): Promise<ImageSource> {
  const { sample, apply } = textureNegative();
  const { xs, ys } = pictures.toTensors();
  const shape = xs.shape.slice(1) as [number, number, number];
  const chunks: tf.Tensor4D[] = [];
  for (let start = 0; start < pictures.size; start += 100) {
    const count = Math.min(100, pictures.size - start);
    const params = Array.from({ length: count }, (_, i) => sample(shape, randomStream('texture', start + i)));
    chunks.push(tf.tidy(() => apply(tf.slice(xs, [start, 0, 0, 0], [count, -1, -1, -1]), params)));
  }
  const bytes = await tf.tidy(() => tf.cast(tf.round(tf.concat(chunks)), 'int32')).data();
  tf.dispose([xs, ys, ...chunks]);
  const length = shape.reduce((a, b) => a * b);
  return {
    size: pictures.size,
    get(index) {
      const image = pictures.get(index);
      image.ys.dispose();
      const texture = bytes.slice(index * length, (index + 1) * length);
      return { xs: image.xs, ys: tf.tensor(texture, shape, 'int32') };
    },
  };
}

/** Training ignores labels, so the texture takes the label's place and travels with its image through `tf.data`. */
export function takeTexture(element: tf.TensorContainer): tf.TensorContainer {
  const { xs, ys } = element as { xs: tf.Tensor; ys: tf.Tensor };
  return { xs: { image: xs, negative_0: ys }, ys: tf.zeros([xs.shape[0], 1]) };
}
