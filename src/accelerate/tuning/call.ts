import * as tf from '@tensorflow/tfjs-core';

/** The two ways to compute the same: TensorFlow.js's and this package's. */
export type Way = 'stock' | 'accelerated';

/** A call of a kernel or gradient that can be repeated in either way. */
export interface Call {
  /** Tells calls apart whose shapes, types or attributes differ. */
  key: string;
  /** What is computed, such as `Relu gradient`. */
  kernel: string;
  /** What goes in, such as `x [8, 32, 32, 3], filter [3, 3, 3, 16]`. */
  shapes: string;
  tensors: tf.Tensor[];
  /** Computes anew from tensors like `tensors`; all that it makes belongs to the `tf.tidy` around it. */
  run(way: Way, tensors: tf.Tensor[]): tf.Tensor[];
}

export function kernelCall(
  kernel: string,
  { inputs, attrs, backend }: Parameters<tf.KernelFunc>[0],
  ways: Record<Way, tf.KernelFunc>,
): Call {
  const given = Object.entries(inputs).filter((entry): entry is [string, tf.Tensor] => entry[1] !== undefined);
  return makeCall(kernel, given, attrs, (way, tensors) => {
    const named = Object.fromEntries(given.map(([input], i) => [input, tensors[i]]));
    return [ways[way]({ inputs: named, attrs, backend })].flat().map(toTensor);
  });
}

export function gradientCall(
  kernel: string,
  dy: tf.Tensor,
  saved: tf.Tensor[],
  attrs: tf.NamedAttrMap,
  ways: Record<Way, tf.GradFunc>,
): Call {
  const given: [string, tf.Tensor][] = [['dy', dy], ...Object.entries(saved)];
  return makeCall(`${kernel} gradient`, given, attrs, (way, [dy, ...saved]) =>
    Object.values(ways[way](dy, saved, attrs)).map((make) => make()),
  );
}

function makeCall(
  kernel: string,
  given: [string, tf.Tensor][],
  attrs: tf.NamedAttrMap | undefined,
  run: Call['run'],
): Call {
  const shapes = given.map(([input, { shape, dtype }]) => {
    const type = dtype === 'float32' ? '' : `${dtype} `;
    return `${input} ${type}[${shape.join(', ')}]`;
  });
  const tensors = given.map(([, tensor]) => tensor);
  return {
    key: `${kernel} ${shapes.join(', ')} ${JSON.stringify(attrs ?? {})}`,
    kernel,
    shapes: shapes.join(', '),
    tensors,
    run,
  };
}

/** Makes tensors of what a kernel returns, as the engine does; some are tensors already. */
const toTensor = (info: tf.TensorInfo): tf.Tensor =>
  info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
