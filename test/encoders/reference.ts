import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** An image as nested arrays: rows, columns, channels. */
export type Image = number[][][];

export interface Convolution {
  kernel: number[][][][];
  gamma: number[];
  beta: number[];
  mean: number[];
  variance: number[];
}

/** The convolutions of a model with the batch normalization behind each, in the order in which they were made. */
export function convolutionsOf(model: tfl.LayersModel): Convolution[] {
  const made = (layer: tfl.layers.Layer) => Number(/\d+$/.exec(layer.name)![0]);
  const ofClass = (name: string) =>
    model.layers.filter((layer) => layer.getClassName() === name).sort((a, b) => made(a) - made(b));
  const values = (tensor: tf.Tensor) => tensor.arraySync();
  const norms = ofClass('BatchNormalization').map((layer) => layer.getWeights().map(values) as number[][]);
  return ofClass('Conv2D').map((layer, i) => ({
    kernel: values(layer.getWeights()[0]) as number[][][][],
    gamma: norms[i][0],
    beta: norms[i][1],
    mean: norms[i][2],
    variance: norms[i][3],
  }));
}

/** PyTorch's conv2d(padding = k // 2, bias = False) and batch_norm(eps = 1e-5) in inference mode, as plain loops. */
export function convolve(image: Image, { kernel, gamma, beta, mean, variance }: Convolution, stride = 1): Image {
  const k = kernel.length;
  return slide(image, k, stride, (row, column) => {
    const sums = gamma.map(() => 0);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        image[row + i]?.[column + j]?.forEach((value, c) => {
          const weights = kernel[i][j][c];
          for (let o = 0; o < sums.length; o++) sums[o] += value * weights[o];
        });
      }
    }
    return sums.map((sum, o) => (gamma[o] * (sum - mean[o])) / Math.sqrt(variance[o] + 1e-5) + beta[o]);
  });
}

/** PyTorch's max_pool2d(3, stride = 2, padding = 1). */
export function maxPool(image: Image): Image {
  return slide(image, 3, 2, (row, column) =>
    image[0][0].map((_, c) => {
      const window = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => image[row + i]?.[column + j]?.[c] ?? -Infinity));
      return Math.max(...window);
    }),
  );
}

/** Calls `at` with the upper left corner of every window of side k, at the places PyTorch's padding k // 2 gives. */
function slide(image: Image, k: number, stride: number, at: (row: number, column: number) => number[]): Image {
  const margin = Math.floor(k / 2);
  const places = (side: number) => Math.floor((side + 2 * margin - k) / stride) + 1;
  return Array.from({ length: places(image.length) }, (_, i) =>
    Array.from({ length: places(image[0].length) }, (_, j) => at(i * stride - margin, j * stride - margin)),
  );
}

export const relu = (image: Image): Image => image.map((row) => row.map((pixel) => pixel.map((v) => Math.max(v, 0))));

export const add = (a: Image, b: Image): Image =>
  a.map((row, i) => row.map((pixel, j) => pixel.map((v, c) => v + b[i][j][c])));

export function meanOverPixels(image: Image): number[] {
  const pixels = image.flat();
  return pixels[0].map((_, c) => pixels.reduce((sum, pixel) => sum + pixel[c], 0) / pixels.length);
}

/** torchvision's ResNet without its classifier, in inference mode; takes the convolutions in the order of use. */
export function residualNetwork(image: Image, convolutions: Convolution[], depths: number[], bottleneck: boolean) {
  const rest = [...convolutions];
  let x = maxPool(relu(convolve(image, rest.shift()!, 2)));
  depths.forEach((depth, stage) => {
    for (let block = 0; block < depth; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const changes = block === 0 && (stage > 0 || bottleneck);
      let branch = x;
      if (bottleneck) {
        branch = relu(convolve(branch, rest.shift()!));
        branch = relu(convolve(branch, rest.shift()!, stride));
      } else branch = relu(convolve(branch, rest.shift()!, stride));
      branch = convolve(branch, rest.shift()!);
      x = relu(add(branch, changes ? convolve(x, rest.shift()!, stride) : x));
    }
  });
  if (rest.length) throw new Error(`${rest.length} convolutions were not used`);
  return meanOverPixels(x);
}
