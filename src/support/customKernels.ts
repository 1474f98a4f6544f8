import * as tf from '@tensorflow/tfjs-core';

/**
 * The kernels that `accelerate()` adds to tfjs's own where a backend can, by name: their inputs, attributes and result.
 */
export interface CustomKernels {
  /** Rows of x `[M, C]`, of either type, in the order of many ranges: `starts[0], …, limits[0] - 1, starts[1], …`. */
  GatherRanges: {
    inputs: Record<'x', tf.Tensor>;
    attributes: Record<'starts' | 'limits', Int32Array>;
    result: tf.Tensor;
  };
  /**
   * `[y, new movingMean, new movingVariance, ...up to three tensors kept for the gradient]` of a batch `[N, H, W, C]`.
   */
  BatchNormTraining: {
    inputs: Record<'x' | 'scale' | 'offset' | 'movingMean' | 'movingVariance', tf.Tensor>;
    attributes: { epsilon: number; momentum: number };
    result: tf.Tensor[];
  };
  /** `[dx, dScale, dOffset]`. */
  BatchNormTrainingGrad: {
    inputs: Record<'dy' | 'x' | 'scale' | 'kept0', tf.Tensor> & Partial<Record<'kept1' | 'kept2', tf.Tensor>>;
    attributes: { epsilon: number };
    result: tf.Tensor[];
  };
  /** The gradient of clipping: dy where `min <= x <= max`, else 0. */
  ClipByValueGrad: {
    inputs: Record<'dy' | 'x', tf.Tensor>;
    attributes: { min: number; max: number };
    result: tf.Tensor;
  };
  /**
   * `[loss, norms]` of similarities x `[N, C]`. Logits of a row are x times `negativeFactor` in the last `negatives`
   * columns, else times `factor`, less that of column 0. The loss is the mean of log(sum of exp(logit)), which is the
   * cross-entropy with label 0; the norms, `[N, 2]`, are each row's greatest logit g and log(sum of exp(logit - g)).
   */
  InfoNCE: {
    inputs: Record<'x', tf.Tensor>;
    attributes: InfoNCEFactors;
    result: tf.Tensor[];
  };
  /** Its gradient `(softmax - label) * factors * dy / N`. */
  InfoNCEGrad: {
    inputs: Record<'dy' | 'x' | 'norms', tf.Tensor>;
    attributes: InfoNCEFactors;
    result: tf.Tensor;
  };
  /** Rows as `l2Normalize` scales them. */
  L2Normalize: { inputs: Record<'x', tf.Tensor>; attributes: { epsilon: number }; result: tf.Tensor };
  /** Its gradient: `(dy - y y·dy) / |x|`, or `dy / epsilon` where |x| is less. */
  L2NormalizeGrad: {
    inputs: Record<'dy' | 'x' | 'y', tf.Tensor>;
    attributes: { epsilon: number };
    result: tf.Tensor;
  };
  /** The gradient of ReLU, of its output y: dy where `y > 0`, else 0. */
  ReluGrad: { inputs: Record<'dy' | 'y', tf.Tensor>; attributes: Record<never, never>; result: tf.Tensor };
  /** A moving average's new value: `value + momentum (average - value)`. */
  MovingAverage: {
    inputs: Record<'average' | 'value', tf.Tensor>;
    attributes: { momentum: number };
    result: tf.Tensor;
  };
  /** `[new weight, new velocity]`, by the formulas of `SGD`; without a velocity, the weight alone. */
  SGDStep: {
    inputs: Record<'weight' | 'gradient', tf.Tensor> & Partial<Record<'velocity', tf.Tensor>>;
    attributes: { learningRate: number; momentum: number; weightDecay: number };
    result: tf.Tensor[];
  };
}

/** What similarities are multiplied by: those of the last `negatives` columns, and the others. */
export interface InfoNCEFactors {
  factor: number;
  negativeFactor: number;
  negatives: number;
}

type Name = keyof CustomKernels;

/** Tells whether the current backend has such a kernel. */
export const hasCustomKernel = (name: Name): boolean => tf.getKernel(name, tf.getBackend()) !== undefined;

/** Runs such a kernel on the current backend. */
export function runCustomKernel<K extends Name>(
  name: K,
  inputs: CustomKernels[K]['inputs'],
  attributes: CustomKernels[K]['attributes'],
): CustomKernels[K]['result'] {
  return tf.engine().runKernel(name, inputs, { ...attributes }) as CustomKernels[K]['result'];
}

/** Makes such a kernel of a function, which it tidies. */
export function customKernel<K extends Name>(
  _name: K,
  compute: (
    inputs: CustomKernels[K]['inputs'],
    attributes: CustomKernels[K]['attributes'],
    backend: object,
  ) => CustomKernels[K]['result'],
): tf.KernelFunc {
  // The engine hands a kernel the tensors themselves, declared as the narrower TensorInfo.
  return ({ inputs, attrs, backend }) =>
    tf.tidy(() => compute(inputs as never, attrs as never, backend as object)) as tf.TensorInfo | tf.TensorInfo[];
}
