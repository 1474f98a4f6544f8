import { composeFilterGradient } from '../kernels/composeFilterGradient';
import { splitRows } from './channelSums';
import { runProgram } from './program';
import { sumParts } from './sumParts';

/** A workgroup makes a tile of 64 x 64 weights, each invocation 4 x 4 of them, 16 positions at a time. */
const tile = 64;
const depth = 16;

const code = `
var<workgroup> patches : array<f32, ${tile * depth}>;
var<workgroup> slopes : array<f32, ${tile * depth}>;

fn main() {
  let firstRow = i32(workgroupId.y) * ${tile};
  let firstColumn = i32(workgroupId.x) * ${tile};
  let start = i32(workgroupId.z) * uniforms.perPart;
  let end = min(start + uniforms.perPart, uniforms.positions);
  let thread = i32(localIndex);
  // What does not change from position to position: the tap and channel of this invocation's patch values.
  let patchRow = firstRow + thread % ${tile};
  let channel = patchRow % uniforms.channels;
  let tapColumn = (patchRow / uniforms.channels) % uniforms.filterWidth;
  let tapRow = patchRow / (uniforms.channels * uniforms.filterWidth);
  let column = firstColumn + thread % ${tile};
  var sums : array<array<f32, 4>, 4>;
  for (var step = 0; step < uniforms.perPart; step += ${depth}) {
    for (var k = thread / ${tile}; k < ${depth}; k += ${256 / tile}) {
      let position = start + step + k;
      var pixel = 0.0;
      var slope = 0.0;
      if (position < end) {
        let x = position % uniforms.outWidth;
        let y = (position / uniforms.outWidth) % uniforms.outHeight;
        let image = position / (uniforms.outWidth * uniforms.outHeight);
        let row = y * uniforms.strideHeight + tapRow - uniforms.padTop;
        let across = x * uniforms.strideWidth + tapColumn - uniforms.padLeft;
        if (patchRow < uniforms.rows && row >= 0 && row < uniforms.inHeight && across >= 0 && across < uniforms.inWidth) {
          pixel = images[((image * uniforms.inHeight + row) * uniforms.inWidth + across) * uniforms.channels + channel];
        }
        if (column < uniforms.filters) {
          slope = dy[position * uniforms.filters + column];
        }
      }
      patches[k * ${tile} + thread % ${tile}] = pixel;
      slopes[k * ${tile} + thread % ${tile}] = slope;
    }
    workgroupBarrier();
    for (var k = 0; k < ${depth}; k++) {
      for (var i = 0; i < 4; i++) {
        let pixel = patches[k * ${tile} + i32(localId.y) * 4 + i];
        for (var j = 0; j < 4; j++) {
          sums[i][j] += pixel * slopes[k * ${tile} + i32(localId.x) * 4 + j];
        }
      }
    }
    workgroupBarrier();
  }
  for (var i = 0; i < 4; i++) {
    let row = firstRow + i32(localId.y) * 4 + i;
    for (var j = 0; j < 4; j++) {
      let across = firstColumn + i32(localId.x) * 4 + j;
      if (row < uniforms.rows && across < uniforms.filters) {
        result[(i32(workgroupId.z) * uniforms.rows + row) * uniforms.filters + across] = sums[i][j];
      }
    }
  }
}
`;

/**
 * Makes the gradient of a convolution with respect to its filter a matrix product of patches of x and dy:
 *
 *     dW[(a, b, c), d] = sum over positions p = (n, i, j) of x[n, s i + a - pad, s j + b - pad, c] dy[p, d]
 *
 * Patches are read from x as they are needed. The sum is split over workgroups where the filter is small; tfjs's own is
 * one invocation for each weight, which sums all positions.
 */
export const conv2dBackpropFilter = composeFilterGradient((x, dy, info) => {
  const rows = info.filterHeight * info.filterWidth * info.inChannels;
  const positions = info.batchSize * info.outHeight * info.outWidth;
  const tiles = [Math.ceil(info.outChannels / tile), Math.ceil(rows / tile)] as const;
  const { perPart, parts } = splitRows(positions, tiles[0] * tiles[1]);
  const products = runProgram(
    {
      name: 'negatives_conv2dBackpropFilter',
      inputs: ['images', 'dy'],
      outputShape: parts === 1 ? info.filterShape : [parts, rows, info.outChannels],
      workgroupSize: [16, 16, 1],
      workgroups: [...tiles, parts],
      uniforms: {
        ...{ rows, filters: info.outChannels, positions, perPart },
        ...{ channels: info.inChannels, filterWidth: info.filterWidth },
        ...{ inHeight: info.inHeight, inWidth: info.inWidth, outHeight: info.outHeight, outWidth: info.outWidth },
        ...{ strideHeight: info.strideHeight, strideWidth: info.strideWidth },
        ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left },
      },
      code,
    },
    [x, dy],
  );
  return parts === 1 ? products : sumParts(products, info.filterShape);
});
