import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Input } from '../subject';
import { makeTensor, type TensorSpec } from '../values';

export const tensor = (shape: number[], dtype: TensorSpec['dtype'] = 'float32'): Input => ({
  shape,
  make: () => makeTensor({ shape, dtype, fill: 'waves' }),
});

/** What goes through a layer's `apply`, which is tfjs's own and takes nothing but tensors. */
export const layerInput = (shape: number[]): Input => ({
  ...tensor(shape),
  bad: [
    () => {
      const disposed = makeTensor({ shape, dtype: 'float32', fill: 'waves' });
      disposed.dispose();
      return disposed;
    },
  ],
});

/** Values that are plain data. */
export const plain = (good: unknown, ...bad: unknown[]): Input => ({
  make: () => good,
  bad: bad.map((value) => () => value),
});

export const symbolic = (x: unknown) => x as tfl.SymbolicTensor;

/** From images of 4 x 4 (or vectors, or anything of that shape) to vectors of `units`. */
export function denseModel(shape: number[] = [4, 4, 3], units = 3): tfl.LayersModel {
  const input = tfl.input({ shape });
  const flat = shape.length > 1 ? symbolic(tfl.layers.flatten().apply(input)) : input;
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.dense({ units }).apply(flat)) });
}

function twoInputs(): tfl.LayersModel {
  const inputs = [tfl.input({ shape: [3] }), tfl.input({ shape: [3] })];
  return tfl.model({ inputs, outputs: symbolic(tfl.layers.add().apply(inputs)) });
}

function imagesOut(): tfl.LayersModel {
  const input = tfl.input({ shape: [4, 4, 3] });
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.zeroPadding2d({ padding: 1 }).apply(input)) });
}

/** A model, and what is none or one of another form. */
export const model = (make: () => tfl.LayersModel = denseModel): Input => ({
  make,
  bad: [
    ...[null, undefined, 3, 'encoder', {}, [], () => 1].map((value) => () => value),
    ...[twoInputs, imagesOut, () => tfl.sequential()],
  ],
});

export const features = (rows: number, width = 4): Input => ({
  make: () => ({
    features: makeTensor({ shape: [rows, width], dtype: 'float32', fill: 'waves' }),
    labels: tf.tensor1d(
      Array.from({ length: rows }, (_, i) => i % 2),
      'int32',
    ),
  }),
  bad: [
    ...[null, undefined, 3, {}, [], { features: 1, labels: 2 }].map((value) => () => value),
    () => ({ features: tf.ones([rows, width]), labels: tf.ones([rows + 1], 'int32') }),
    () => ({ features: tf.ones([rows]), labels: tf.ones([rows], 'int32') }),
    () => ({ features: tf.ones([0, width]), labels: tf.ones([0], 'int32') }),
    () => ({ features: tf.ones([rows, width]), labels: [0, 1] }),
    () => ({
      features: makeTensor({ shape: [rows, width], dtype: 'string', fill: 'waves' }),
      labels: tf.ones([rows], 'int32'),
    }),
  ],
});

/** One batch of labeled images `[N, side, side, 3]`. */
export const batch = (side = 4, ...versions: string[]): Input => ({
  make: () => {
    const images = () => makeTensor({ shape: [2, side, side, 3], dtype: 'float32', fill: 'waves' });
    const ys = tf.tensor1d([0, 1], 'int32');
    return { xs: versions.length > 0 ? Object.fromEntries(versions.map((name) => [name, images()])) : images(), ys };
  },
  bad: [
    ...[null, undefined, 3, 'images', {}, [], () => 1].map((value) => () => value),
    () => ({ xs: 3, ys: tf.zeros([2]) }),
    () => ({ xs: null, ys: null }),
    () => ({ xs: tf.zeros([2, side, side]), ys: tf.zeros([2]) }),
    () => ({ xs: tf.zeros([2, side, side, 3]), ys: tf.zeros([5]) }),
    () => ({ xs: tf.zeros([2, side, side, 3]), ys: 'cat' }),
    () => tfd.array([]),
    () => tfd.array([1, 2, 3]),
  ],
});

/** The options with inputs that go among them; what is no object stays what it is. */
export const withInputs = (options: unknown, inputs: object) =>
  (Object.getPrototypeOf(options ?? 1) === Object.prototype ? { ...inputs, ...(options as object) } : options) as never;

/** Frees `models` after `use`, whatever happens. */
export async function withModels<T>(models: { dispose(): unknown }[], use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    for (const model of models) model.dispose();
  }
}
