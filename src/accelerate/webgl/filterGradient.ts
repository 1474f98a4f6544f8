import type { backend_util, Tensor } from '@tensorflow/tfjs-core';
import { splitLines } from './lines';
import { runProgram } from './program';
import { sumParts } from './sumParts';

/**
 * Sums products of pixels and slopes over all positions (n, i, j) of a convolution's output, for each tap (a, b), each
 * pair of channels and each pair of filters.
 *
 * @param add GLSL that adds to `sum`, the weights at `place` and beside it, the products of `pixels.xy`, the two
 *   channels under the tap, and of slopes: `slopesAt(n, i, j, d)` of two filters, or `slopeAt(n, i, j, d)` of one.
 */
export function filterGradient(x: Tensor, dy: Tensor, info: backend_util.Conv2DInfo, add: string): Tensor {
  const { filterShape, batchSize, inHeight, inWidth, outHeight, outWidth } = info;
  const [filterHeight, filterWidth, rows, columns] = filterShape;
  const lines = batchSize * outHeight;
  const texels = filterHeight * filterWidth * Math.ceil(rows / 2) * Math.ceil(columns / 2);
  const { perPart, parts } = splitLines(lines, outWidth, texels);
  const code = `
  vec2 halfOf(vec4 texel, int row) {
    return imod(row, 2) == 0 ? texel.xy : texel.zw;
  }
  vec2 slopesAt(int n, int i, int j, int d) {
    return halfOf(getDy(n, i, j, d), j);
  }
  float slopeAt(int n, int i, int j, int d) {
    vec2 slopes = slopesAt(n, i, j, d);
    return imod(d, 2) == 0 ? slopes.x : slopes.y;
  }
  void main() {
    ivec4 place = getOutputCoords();
    int part = place.x / ${filterHeight};
    int tapRow = (place.x - part * ${filterHeight}) * ${info.dilationHeight} - ${info.padInfo.top};
    int tapColumn = place.y * ${info.dilationWidth} - ${info.padInfo.left};
    int start = part * ${perPart};
    int end = min(start + ${perPart}, ${lines});
    vec4 sum = vec4(0);
    for (int line = start; line < end; line++) {
      int n = line / ${outHeight};
      int i = line - n * ${outHeight};
      int row = i * ${info.strideHeight} + tapRow;
      if (row < 0 || row >= ${inHeight}) {
        continue;
      }
      for (int j = 0; j < ${outWidth}; j++) {
        int column = j * ${info.strideWidth} + tapColumn;
        if (column < 0 || column >= ${inWidth}) {
          continue;
        }
        vec2 pixels = halfOf(getX(n, row, column, place.z), column);
        ${add}
      }
    }
    setOutput(sum);
  }`;
  const outputShape = [parts * filterHeight, filterWidth, rows, columns];
  const products = runProgram({ inputs: ['x', 'dy'], outputShape, code }, [x, dy]);
  return parts === 1 ? products : sumParts(products, filterShape);
}
