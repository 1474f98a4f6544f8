import { type Conv2DAttrs, type KernelFunc, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { hasUnitStride } from './convolutionGradients';
import { hasOneDnn, runOneDnn } from './oneDnn';
import type { KernelCall } from './operation';
import { isStridedPointwise } from './pointwiseFilterGradient';

/** With so few channels, those of pictures, oneDNN convolves in a quarter of the time, and not faster with more. */
const fewChannels = 4;
/** oneDNN is the faster one for the gradient of filters of fewer values. */
const largeFilter = 2 ** 16;

/** Convolves without bias and activation, by oneDNN where that is faster. */
export function convolution(stock: KernelFunc): KernelFunc {
  if (!hasOneDnn()) return stock;
  return (call) => {
    const { x, filter, bias } = call.inputs as { x: Tensor; filter: Tensor; bias?: Tensor };
    const { activation = 'linear' } = call.attrs as { activation?: string };
    if (bias || activation !== 'linear' || channelsOf(filter) > fewChannels || !isPlain(call, x, filter.shape))
      return stock(call);
    return runOneDnn(call.backend, 'NativeConv2D', [x, filter], attributes(call))[0];
  };
}

/** Convolves each channel by itself, in a quarter of the time. */
export function depthwiseConvolution(stock: KernelFunc): KernelFunc {
  if (!hasOneDnn()) return stock;
  return (call) => {
    const { x, filter } = call.inputs as { x: Tensor; filter: Tensor };
    const { dilations } = call.attrs as { dilations: number | number[] | null };
    const isDilated = [dilations ?? 1].flat().some((rate) => rate > 1);
    if (isDilated || filter.shape[3] !== 1 || !isPlain(call, x, filter.shape)) return stock(call);
    return runOneDnn(call.backend, 'NativeDepthwiseConv2dNative', [x, filter], attributes(call))[0];
  };
}

/** Computes the gradient with respect to the input; with strides, oneDNN's gains nothing by a second thread. */
export function convolutionInputGradient(stock: KernelFunc): KernelFunc {
  if (!hasOneDnn()) return stock;
  return (call) => {
    const { dy, filter } = call.inputs as { dy: Tensor; filter: Tensor };
    const { inputShape } = call.attrs as { inputShape: number[] };
    const isSmall = !hasUnitStride(call) && filter.size < largeFilter;
    if (isSmall || channelsOf(filter) <= fewChannels || !isPlain(call, dy, filter.shape)) return stock(call);
    return tidy(() => {
      const inputs = [tensor1d(inputShape, 'int32'), filter, dy];
      return runOneDnn(call.backend, 'NativeConv2DBackpropInput', inputs, attributes(call))[0];
    });
  };
}

/** Computes the gradient with respect to the filter. */
export function convolutionFilterGradient(stock: KernelFunc): KernelFunc {
  if (!hasOneDnn()) return stock;
  return (call) => {
    const { x, dy } = call.inputs as { x: Tensor; dy: Tensor };
    const { filterShape } = call.attrs as { filterShape: number[] };
    const size = filterShape.reduce((product, n) => product * n);
    if (size >= largeFilter || !isPlain(call, dy, filterShape)) return stock(call);
    return tidy(() => {
      const inputs = [x, tensor1d(filterShape, 'int32'), dy];
      return runOneDnn(call.backend, 'NativeConv2DBackpropFilter', inputs, attributes(call))[0];
    });
  };
}

/** Returns C, the channels of images that a filter `[h, w, C, D]` takes. */
const channelsOf = ({ shape }: Tensor) => shape[2] as number;

/** Tells whether the fuzz tests cover a call: float32 in NHWC, padding by name, no strided 1x1 filter. */
function isPlain(call: KernelCall, { dtype, size }: Tensor, filterShape: number[]): boolean {
  const { dataFormat, pad } = call.attrs as unknown as Conv2DAttrs;
  const isLaidOut = (dataFormat ?? 'NHWC') === 'NHWC' && typeof pad === 'string';
  return dtype === 'float32' && size > 0 && isLaidOut && !isStridedPointwise(call, filterShape);
}

function attributes({ attrs }: KernelCall) {
  const { strides, pad, dilations } = attrs as unknown as Conv2DAttrs;
  // Layers hand down null for what they were not given.
  const pair = (sizes: number | number[] | null) => (Array.isArray(sizes) ? sizes : [sizes ?? 1, sizes ?? 1]);
  return {
    strides: { int: [1, ...pair(strides), 1] },
    padding: { string: String(pad).toUpperCase() },
    data_format: { string: 'NHWC' },
    dilations: { int: [1, ...pair(dilations), 1] },
  };
}
