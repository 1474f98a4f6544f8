import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import { channels, lanes, splitRows, sumOfLanes, workgroupSize } from './channelSums';
import { runElementwise } from './elementwise';
import { runProgram } from './program';
import { sumParts } from './sumParts';

/**
 * The gradients of batch normalization in training, with x' = (x - mean) r of n rows and r = 1 / sqrt(variance +
 * epsilon):
 *
 *     d offset = sum of dy        d scale = sum of dy x'        dx = r scale (dy - d offset / n - x' d scale / n)
 */
export const batchNormTrainingGrad = customKernel('BatchNormTrainingGrad', (inputs, { epsilon }) => {
  const { dy, x, scale, kept0: statistics } = inputs;
  const count = scale.size;
  const sums = sumsOfParts(dy, x, statistics, epsilon);
  const [dOffset, dScale] = [0, 1].map((of) => sumParts(sums, [count], { blocks: 2, of }));
  const dx = runElementwise(
    {
      name: 'negatives_batchNormGrad',
      inputs: ['dy', 'x', 'statistics', 'scale', 'dScale', 'dOffset'],
      outputShape: x.shape,
      uniforms: { channels: count },
      floats: { epsilon, share: count / x.size },
      value: `
  let channel = index % uniforms.channels;
  let r = inverseSqrt(statistics[uniforms.channels + channel] + uniforms.epsilon);
  let normal = (x[index] - statistics[channel]) * r;
  let through = (dOffset[channel] + normal * dScale[channel]) * uniforms.share;
  return (dy[index] - through) * (r * scale[channel]);`,
    },
    [dy, x, statistics, scale, dScale, dOffset],
  );
  return [dx, dScale, dOffset];
});

const code = `${sumOfLanes}
fn main() {
  let channel = i32(workgroupId.x) * ${channels} + i32(localId.x);
  let start = i32(workgroupId.y) * uniforms.perPart;
  let end = select(start, min(start + uniforms.perPart, uniforms.rows), channel < uniforms.channels);
  // Beyond the last channel nothing is read, as its loop is empty.
  let own = min(channel, uniforms.channels - 1);
  let mean = statistics[own];
  let r = inverseSqrt(statistics[uniforms.channels + own] + uniforms.epsilon);
  var slopes = 0.0;
  var products = 0.0;
  for (var row = start + i32(localId.y); row < end; row += ${lanes}) {
    let place = row * uniforms.channels + channel;
    slopes += dy[place];
    products += dy[place] * (x[place] - mean) * r;
  }
  let dOffset = sumOfLanes(slopes);
  let dScale = sumOfLanes(products);
  if (localId.y == 0u && channel < uniforms.channels) {
    let place = 2 * i32(workgroupId.y) * uniforms.channels + channel;
    result[place] = dOffset;
    result[place + uniforms.channels] = dScale;
  }
}
`;

/** Computes both sums over each part of the rows, `[parts, 2, C]`. */
function sumsOfParts(dy: Tensor, x: Tensor, statistics: Tensor, epsilon: number): Tensor {
  const count = statistics.shape[1] as number;
  const rows = x.size / count;
  const groups = Math.ceil(count / channels);
  const { perPart, parts } = splitRows(rows, groups);
  return runProgram(
    {
      name: 'negatives_batchNormSums',
      inputs: ['dy', 'x', 'statistics'],
      outputShape: [parts, 2, count],
      workgroupSize,
      workgroups: [groups, parts, 1],
      uniforms: { channels: count, rows, perPart },
      floats: { epsilon },
      code,
    },
    [dy, x, statistics],
  );
}
