import { type Conv2DBackpropFilterAttrs, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { conv2dBackpropFilter } from '../kernels/conv2dBackpropFilter';
import { conv2dBackpropInput } from '../kernels/conv2dBackpropInput';
import type { KernelCall, TensorFlowBackend } from './operation';

/*
 * On a CPU, TensorFlow computes the gradients of a convolution image by image, and reads the whole filter anew for
 * each. For all images at once, as one convolution, they take half the time where the stride is 1, and a small part of
 * it where the filter is large and the images are small, as in the last stages of every encoder: batch 64, 3x3, 512 ->
 * 512 channels at 2x2, 44 ms of one core in place of 790. On a GPU, cuDNN does as it knows best. Where there is oneDNN
 * (convolution.ts), this is left to it but for the gradients of large filters.
 */

/**
 * A filter of this many values (½ MB) does not stay in the cache: the stock kernel becomes several times slower there.
 */
const largeFilter = 2 ** 17;
/** Up to this many output pixels an image, reading such a filter takes longer than multiplying. */
const fewPixels = 64;

/** Computes the gradient with respect to the input. */
export function batchedBackpropInput(stock: KernelFunc): KernelFunc {
  return (call) => {
    const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo };
    const large = util.sizeFromShape(filter.shape) >= largeFilter && dy.shape[1] * dy.shape[2] <= fewPixels;
    return isOnCpu(call) && (hasUnitStride(call) || large) ? conv2dBackpropInput(call) : stock(call);
  };
}

/** Computes the gradient with respect to the filter; that of a 1x1 filter is a matrix product as it is. */
export function batchedBackpropFilter(stock: KernelFunc): KernelFunc {
  return (call) => {
    const { filterShape } = call.attrs as unknown as Conv2DBackpropFilterAttrs;
    const [height, width] = filterShape;
    return isOnCpu(call) && hasUnitStride(call) && height * width > 1 ? conv2dBackpropFilter(call) : stock(call);
  };
}

/** Tells whether TensorFlow convolves on a CPU, which takes NHWC. */
const isOnCpu = ({ backend, attrs }: KernelCall) =>
  !(backend as TensorFlowBackend).isUsingGpuDevice && attrs?.dataFormat === 'NHWC';

export const hasUnitStride = ({ attrs }: KernelCall) => [attrs?.strides].flat().every((stride) => stride === 1);
