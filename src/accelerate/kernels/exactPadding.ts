import * as tf from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];
type Info = tf.backend_util.Conv2DInfo;

interface Attributes {
  strides: number | [number, number];
  pad: string | number | tf.backend_util.ExplicitPadding;
  dilations?: number | [number, number] | null;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterSize: number | [number, number];
}

/**
 * Pads each side by zeros of its own where a stock kernel gets numeric padding wrong. tfjs computes sizes as if windows
 * and strides were square, and wasm's kernels, which compute their own, then write beyond the output; nor do these know
 * that the size of an output is rounded up.
 */
const exactPadding =
  (infoOf: (call: tf.TensorInfo[], attributes: Attributes, pad: tf.backend_util.ExplicitPadding) => Info) =>
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const { x, filter } = call.inputs as { x: tf.Tensor; filter: tf.Tensor };
    const attributes = call.attrs as unknown as Attributes;
    const { pad, dataFormat, dimRoundingMode } = attributes;
    if (typeof pad === 'string') return stock(call);
    const isFirst = dataFormat === 'NCHW';
    const info = infoOf(
      [x, filter],
      attributes,
      typeof pad === 'number' ? inOrder([pad, pad], [pad, pad], isFirst) : pad,
    );
    if (isSquare(info) && typeof pad === 'number' && !dimRoundingMode) return stock(call);
    const exact = zerosAround(info, [info.outHeight, info.outWidth]);
    return stock({
      ...call,
      attrs: { ...call.attrs, pad: exact, dimRoundingMode: null } as unknown as tf.NamedAttrMap,
    });
  };

/** Returns the zeros on each side that give an output this size when it is rounded down. */
export function zerosAround(info: Info, [high, wide]: number[]): tf.backend_util.ExplicitPadding {
  const { top, left } = info.padInfo;
  const rows = (high - 1) * info.strideHeight + info.effectiveFilterHeight - info.inHeight;
  const columns = (wide - 1) * info.strideWidth + info.effectiveFilterWidth - info.inWidth;
  const isFirst = info.dataFormat === 'channelsFirst';
  return inOrder([top, Math.max(0, rows - top)], [left, Math.max(0, columns - left)], isFirst);
}

/** Returns the zeros beside rows and columns in the order of an image's axes. */
function inOrder(rows: [number, number], columns: [number, number], isFirst: boolean): tf.backend_util.ExplicitPadding {
  const none: [number, number] = [0, 0];
  return isFirst ? [none, none, rows, columns] : [none, rows, columns, none];
}

const isSquare = (info: Info) =>
  info.strideHeight === info.strideWidth && info.effectiveFilterHeight === info.effectiveFilterWidth;

const convolutionInfo =
  (isDepthwise: boolean) =>
  (
    [x, filter]: tf.TensorInfo[],
    { strides, dilations, dimRoundingMode, dataFormat }: Attributes,
    pad: tf.backend_util.ExplicitPadding,
  ) =>
    tf.backend_util.computeConv2DInfo(
      ...([
        x.shape as Shape4D,
        filter.shape as Shape4D,
        strides,
        dilations ?? 1,
        pad,
        dimRoundingMode,
        isDepthwise,
        dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast',
      ] as const),
    );

/** Leaves named paddings to `stock`, which gets the gradient at others wrong. */
export const forNumericPadding =
  (exact: tf.KernelFunc) =>
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (call) =>
    typeof (call.attrs as unknown as Attributes).pad === 'string' ? stock(call) : exact(call);

/** Of a convolution. */
export const exactConvolution = exactPadding(convolutionInfo(false));

/** Of a depthwise convolution. */
export const exactDepthwise = exactPadding(convolutionInfo(true));

/** Of a pool. */
export const exactPool = exactPadding(([x], { filterSize, strides, dimRoundingMode }, pad) =>
  tf.backend_util.computePool2DInfo(x.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode),
);
