import * as tf from '@tensorflow/tfjs-core';
import { lumaWeights } from '../../transforms/operations/blend';
import { corruption } from './corruption';
import { type AxisMap, axisMap, borderPixel, mapAxes } from './separable';

/** Encodes and decodes the image as JPEG of the given quality. */
export const jpegCompression = corruption(
  {
    32: [80, 65, 58, 50, 40],
    64: [65, 58, 50, 40, 25],
    224: [25, 18, 15, 10, 7],
  },
  (images, quality) => throughJpeg(images, quality),
);

/**
 * Applies the lossy part of baseline JPEG and undoes the rest: 8-bit YCbCr, color at half the resolution, an 8 x 8
 * cosine transform, rounding to multiples of the standard's quantization tables, and the way back as in libjpeg.
 *
 * @param images float32 `[N, H, W, 3]` in 0 … 1.
 * @param quality 1 to 100.
 */
function throughJpeg(images: tf.Tensor4D, quality: number): tf.Tensor4D {
  const [batch, height, width] = images.shape;
  // Sides of the color planes, before and after they are filled up to whole blocks.
  const [rows, columns] = [height, width].map((side) => Math.ceil(side / 2));
  const [paddedRows, paddedColumns] = [rows, columns].map(wholeBlocks);
  return tf.tidy(() => {
    const pixels = tf.round(tf.mul(images, 255)) as tf.Tensor4D;
    const yCbCr = tf.round(tf.add(mixChannels(pixels, toYCbCr), offset())) as tf.Tensor4D;

    const luma = tf.slice4d(yCbCr, [0, 0, 0, 0], [batch, height, width, 1]);
    const blocks = mapAxes(luma, extend(wholeBlocks(height), height), extend(wholeBlocks(width), width));
    const light = tf.slice4d(quantize(blocks, lumaTable, quality), [0, 0, 0, 0], [batch, height, width, 1]);

    const chroma = tf.slice4d(yCbCr, [0, 0, 0, 1], [batch, height, width, 2]);
    // Below, libjpeg repeats the last mean, at the right the last pixel; it rounds means of four down and up in turns.
    const means = mapAxes(chroma, halve(paddedRows, rows, height), halve(paddedColumns, paddedColumns, width));
    const bias = tf.tile(tf.tensor4d([0.25, 0.5], [1, 1, 2, 1]), [1, 1, paddedColumns / 2, 1]);
    const small = quantize(tf.floor(tf.add(means, bias)) as tf.Tensor4D, chromaTable, quality);
    const color = tf.round(mapAxes(small, double(height, paddedRows), double(width, paddedColumns))) as tf.Tensor4D;

    const rgb = mixChannels(tf.sub(tf.concat([light, color], -1), offset()) as tf.Tensor4D, toRgb);
    return tf.div(tf.clipByValue(tf.round(rgb), 0, 255), 255) as tf.Tensor4D;
  });
}

const wholeBlocks = (side: number) => 8 * Math.ceil(side / 8);

function mixChannels(images: tf.Tensor4D, matrix: number[][]): tf.Tensor4D {
  return tf.reshape(tf.matMul(tf.reshape(images, [-1, 3]), tf.tensor2d(matrix)), images.shape);
}

// Columns are Y, Cb and Cr of (R, G, B), and R, G and B of (Y, Cb, Cr): ITU-T T.871.
const toYCbCr = [
  [lumaWeights[0], -0.168736, 0.5],
  [lumaWeights[1], -0.331264, -0.418688],
  [lumaWeights[2], 0.5, -0.081312],
];
const toRgb = [
  [1, 1, 1],
  [0, -0.344136, 1.772],
  [1.402, -0.714136, 0],
];
const offset = () => tf.tensor1d([0, 128, 128]);

/** Transforms 8 x 8 blocks by cosines, rounds to multiples of the table, and transforms back to 8 bits. */
function quantize(channels: tf.Tensor4D, table: readonly number[], quality: number): tf.Tensor4D {
  const [, h, w] = channels.shape;
  const [down, across] = [blockCosines(h), blockCosines(w)];
  const steps = tf.tile(tf.tensor4d([...quantizers(table, quality)], [1, 8, 8, 1]), [1, h / 8, w / 8, 1]);
  const coefficients = mapAxes(tf.sub(channels, 128), down, across);
  const rounded = tf.mul(roundFromZero(tf.div(coefficients, steps)), steps) as tf.Tensor4D;
  const blocks = mapAxes(rounded, transposed(down), transposed(across));
  return tf.clipByValue(tf.round(tf.add(blocks, 128)), 0, 255) as tf.Tensor4D;
}

/** Rounds halves away from zero as libjpeg does, also halves that a float32 sum left just below. */
const roundFromZero = (x: tf.Tensor) => tf.mul(tf.sign(x), tf.floor(tf.add(tf.abs(x), 0.5001)));

/** Scales a table to a quality by libjpeg's rule: the table itself at 50. */
function quantizers(table: readonly number[], quality: number): number[] {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return table.map((step) => Math.min(Math.max(Math.floor((step * percent + 50) / 100), 1), 255));
}

/** Returns the orthonormal cosine transform of each eight neighbors. */
const blockCosines = (size: number): AxisMap =>
  axisMap(size, size, (output) => {
    const [block, frequency] = [8 * Math.floor(output / 8), output % 8];
    return Array.from({ length: 8 }, (_, i) => ({
      input: block + i,
      weight: Math.sqrt(frequency === 0 ? 1 / 8 : 1 / 4) * Math.cos(((2 * i + 1) * frequency * Math.PI) / 16),
    }));
  });

/** Inverts an orthonormal map. */
const transposed = ({ outputs, inputs, weights }: AxisMap): AxisMap => ({
  outputs: inputs,
  inputs: outputs,
  weights: weights.map((_, i) => weights[(i % outputs) * inputs + Math.floor(i / outputs)]),
});

/** Extends an axis to `outputs` pixels by repeating the last one. */
const extend = (outputs: number, inputs: number) =>
  axisMap(outputs, inputs, (output) => [{ input: borderPixel(output, inputs, 'nearest'), weight: 1 }]);

/** Averages pairs of neighbors; beyond `means` means the last one is repeated. */
const halve = (outputs: number, means: number, inputs: number) =>
  axisMap(outputs, inputs, (output) =>
    [0, 1].map((i) => ({
      input: borderPixel(2 * Math.min(output, means - 1) + i, inputs, 'nearest'),
      weight: 0.5,
    })),
  );

/** Doubles the pixels, each three quarters of the nearer one and one quarter of the farther; padding stays unseen. */
const double = (outputs: number, inputs: number) =>
  axisMap(outputs, inputs, (output) => {
    const near = Math.floor(output / 2);
    const far = borderPixel(near + (output % 2 ? 1 : -1), Math.ceil(outputs / 2), 'nearest');
    return [
      { input: near, weight: 0.75 },
      { input: far, weight: 0.25 },
    ];
  });

// ITU-T T.81, tables K.1 and K.2.
const lumaTable = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat();
const chromaTable = [
  [17, 18, 24, 47, 99, 99, 99, 99],
  [18, 21, 26, 66, 99, 99, 99, 99],
  [24, 26, 56, 99, 99, 99, 99, 99],
  [47, 66, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
].flat();
