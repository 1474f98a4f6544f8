import { composeFilterGradient } from '../kernels/composeFilterGradient';
import { filterGradient } from './filterGradient';

/**
 * The gradient of a convolution with respect to its filter:
 *
 *     dW[a, b, c, d] = sum over n, i, j of x[n, s i + a - pad, s j + b - pad, c] dy[n, i, j, d]
 *
 * A fragment makes 2 x 2 weights of two texels, and the sum is split over fragments; tfjs's own is one fragment for
 * each weight, which sums all positions of the batch.
 */
export const conv2dBackpropFilter = composeFilterGradient((x, dy, info) => {
  return filterGradient(x, dy, info, 'sum += pixels.xxyy * slopesAt(n, i, j, place.w).xyxy;');
});
