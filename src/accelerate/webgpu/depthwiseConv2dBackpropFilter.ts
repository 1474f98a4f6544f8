import { composeDepthwiseFilterGradient } from '../kernels/composeFilterGradient';
import { channels, lanes, splitRows, sumOfLanes, workgroupSize } from './channelSums';
import { runProgram } from './program';
import { sumParts } from './sumParts';

const code = `${sumOfLanes}
fn main() {
  let output = i32(workgroupId.x) * ${channels} + i32(localId.x);
  let tapRow = i32(workgroupId.y) / uniforms.filterWidth * uniforms.dilationHeight - uniforms.padTop;
  let tapColumn = i32(workgroupId.y) % uniforms.filterWidth * uniforms.dilationWidth - uniforms.padLeft;
  let start = i32(workgroupId.z) * uniforms.perPart;
  let end = select(start, min(start + uniforms.perPart, uniforms.positions), output < uniforms.outputs);
  var sum = 0.0;
  for (var position = start + i32(localId.y); position < end; position += ${lanes}) {
    let across = position % uniforms.outWidth * uniforms.strideWidth + tapColumn;
    let row = position / uniforms.outWidth % uniforms.outHeight * uniforms.strideHeight + tapRow;
    let image = position / (uniforms.outWidth * uniforms.outHeight);
    if (row >= 0 && row < uniforms.inHeight && across >= 0 && across < uniforms.inWidth) {
      let pixel = (image * uniforms.inHeight + row) * uniforms.inWidth + across;
      sum += x[pixel * uniforms.channels + output / uniforms.multiplier] * dy[position * uniforms.outputs + output];
    }
  }
  let whole = sumOfLanes(sum);
  if (localId.y == 0u && output < uniforms.outputs) {
    result[(i32(workgroupId.z) * uniforms.taps + i32(workgroupId.y)) * uniforms.outputs + output] = whole;
  }
}
`;

/**
 * The gradient of a depthwise convolution with respect to its filter:
 *
 *     dW[a, b, c, m] = sum over positions p = (n, i, j) of x[n, s i + r a - pad, s j + r b - pad, c] dy[p, c M + m]
 *
 * The sum is split over workgroups; tfjs's own is one invocation for each weight, which sums all positions.
 */
export const depthwiseConv2dBackpropFilter = composeDepthwiseFilterGradient((x, dy, info) => {
  const positions = info.batchSize * info.outHeight * info.outWidth;
  const taps = info.filterHeight * info.filterWidth;
  const groups = Math.ceil(info.outChannels / channels);
  const { perPart, parts } = splitRows(positions, groups * taps);
  const products = runProgram(
    {
      name: 'negatives_depthwiseConv2dBackpropFilter',
      inputs: ['x', 'dy'],
      outputShape: parts === 1 ? info.filterShape : [parts, taps, info.outChannels],
      workgroupSize,
      workgroups: [groups, taps, parts],
      uniforms: {
        ...{ positions, perPart, taps, outputs: info.outChannels },
        ...{ channels: info.inChannels, multiplier: info.outChannels / info.inChannels },
        ...{ inHeight: info.inHeight, inWidth: info.inWidth, outHeight: info.outHeight, outWidth: info.outWidth },
        ...{ strideHeight: info.strideHeight, strideWidth: info.strideWidth, filterWidth: info.filterWidth },
        ...{ dilationHeight: info.dilationHeight, dilationWidth: info.dilationWidth },
        ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left },
      },
      code,
    },
    [x, dy],
  );
  return parts === 1 ? products : sumParts(products, info.filterShape);
});
