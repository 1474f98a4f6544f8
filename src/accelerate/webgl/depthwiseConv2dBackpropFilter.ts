import { composeDepthwiseFilterGradient } from '../kernels/composeFilterGradient';
import { filterGradient } from './filterGradient';

/**
 * The gradient of a depthwise convolution with respect to its filter:
 *
 *     dW[a, b, c, m] = sum over n, i, j of x[n, s i + r a - pad, s j + r b - pad, c] dy[n, i, j, c M + m]
 *
 * The sum is split over fragments; tfjs's own is one fragment for each weight, which sums all positions of the batch.
 */
export const depthwiseConv2dBackpropFilter = composeDepthwiseFilterGradient((x, dy, info) => {
  const multiplier = info.outChannels / info.inChannels;
  const slope = (c: number, m: number) => {
    const output = `(place.z + ${c}) * ${multiplier} + place.w + ${m}`;
    const exists = `place.z + ${c} < ${info.inChannels} && place.w + ${m} < ${multiplier}`;
    return c + m === 0 ? `slopeAt(n, i, j, ${output})` : `(${exists} ? slopeAt(n, i, j, ${output}) : 0.0)`;
  };
  const slopes = [slope(0, 0), slope(0, 1), slope(1, 0), slope(1, 1)].join(', ');
  return filterGradient(x, dy, info, `sum += pixels.xxyy * vec4(${slopes});`);
});
