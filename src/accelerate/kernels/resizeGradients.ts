import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';

/** The input positions that an output position is made of, each with its weight. */
type Sources = (place: number, from: number, to: number, attributes: Attributes) => [index: number, weight: number][];

interface Attributes {
  alignCorners: boolean;
  halfPixelCenters?: boolean;
}

/*
 * Resizing multiplies rows and columns by a matrix each, y = R x C, so its gradient multiplies by their transposes:
 * dx = Rᵀ dy Cᵀ. The stock kernels of every backend ignore half-pixel centers; those of cpu are wrong for nearest
 * up-sampling by a whole factor too, and mix up height and width of bilinear resizing.
 */
const resizeGradient = (sources: Sources) =>
  composeKernel<{ images: tf.Tensor4D; dy: tf.Tensor4D }, Attributes>(
    ({ images }) => images.shape,
    ({ images, dy }, attributes) => {
      const [batch, height, width, channels] = images.shape;
      const [, outHeight, outWidth] = dy.shape;
      const rows = transposedMatrix(sources, height, outHeight, attributes);
      const columns = transposedMatrix(sources, width, outWidth, attributes);
      const byRow = tf.matMul(rows, tf.reshape(dy, [batch, outHeight, outWidth * channels]));
      const byPixel = tf.matMul(columns, tf.reshape(byRow, [batch * height, outWidth, channels]));
      return tf.reshape(byPixel, [batch, height, width, channels]);
    },
  );

/** Makes `[1, from, to]`: how much each place of the output owes to each place of the input. */
function transposedMatrix(sources: Sources, from: number, to: number, attributes: Attributes): tf.Tensor3D {
  const values = new Float32Array(from * to);
  for (let place = 0; place < to; place++)
    for (const [index, weight] of sources(place, from, to, attributes)) values[index * to + place] += weight;
  return tf.tensor3d(values, [1, from, to]);
}

const scaleOf = (from: number, to: number, alignCorners: boolean) =>
  alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;

/** The gradient of nearest-neighbor resizing. */
export const resizeNearestNeighborGrad = resizeGradient((place, from, to, { alignCorners, halfPixelCenters }) => {
  const source = scaleOf(from, to, alignCorners) * (halfPixelCenters ? place + 0.5 : place);
  const index = Math.min(from - 1, alignCorners ? Math.round(source) : Math.floor(source));
  return [[Math.max(0, index), 1]];
});

/** The gradient of bilinear resizing. */
export const resizeBilinearGrad = resizeGradient((place, from, to, { alignCorners, halfPixelCenters }) => {
  const scale = scaleOf(from, to, alignCorners);
  const source = Math.max(0, halfPixelCenters ? scale * (place + 0.5) - 0.5 : scale * place);
  const low = Math.min(from - 1, Math.floor(source));
  const high = Math.min(from - 1, low + 1);
  return [
    [low, 1 - (source - low)],
    [high, source - low],
  ];
});

/** Leaves all to `stock` but half-pixel centers, and aligned corners of one row or column: wasm divides by 0 there. */
export const forHalfPixels =
  (gradient: tf.KernelFunc) =>
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const { halfPixelCenters, alignCorners } = call.attrs as unknown as Attributes;
    const [, height, width] = call.inputs.images!.shape;
    return halfPixelCenters || (alignCorners && Math.min(height, width) === 1) ? gradient(call) : stock(call);
  };
