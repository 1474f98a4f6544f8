import type { Tensor } from '@tensorflow/tfjs-core';
import { channels, lanes, splitRows, sumOfLanes, workgroupSize } from './channelSums';
import { runProgram } from './program';

const ofParts = `${sumOfLanes}
fn main() {
  let channel = i32(workgroupId.x) * ${channels} + i32(localId.x);
  let start = i32(workgroupId.y) * uniforms.perPart;
  let end = min(start + uniforms.perPart, uniforms.rows);
  let stop = select(start, end, channel < uniforms.channels);
  var sum = 0.0;
  for (var row = start + i32(localId.y); row < stop; row += ${lanes}) {
    sum += x[row * uniforms.channels + channel];
  }
  let mean = sumOfLanes(sum) / f32(end - start);
  var squares = 0.0;
  for (var row = start + i32(localId.y); row < stop; row += ${lanes}) {
    let difference = x[row * uniforms.channels + channel] - mean;
    squares += difference * difference;
  }
  let variance = sumOfLanes(squares) / f32(end - start);
  if (localId.y == 0u && channel < uniforms.channels) {
    let place = 2 * i32(workgroupId.y) * uniforms.channels + channel;
    result[place] = mean;
    result[place + uniforms.channels] = variance;
  }
}
`;

const ofAll = `${sumOfLanes}
fn main() {
  let channel = i32(workgroupId.x) * ${channels} + i32(localId.x);
  let stop = select(0, uniforms.parts, channel < uniforms.channels);
  var sum = 0.0;
  for (var part = i32(localId.y); part < stop; part += ${lanes}) {
    let count = min(uniforms.perPart, uniforms.rows - part * uniforms.perPart);
    sum += f32(count) * parts[2 * part * uniforms.channels + channel];
  }
  let mean = sumOfLanes(sum) / f32(uniforms.rows);
  var squares = 0.0;
  for (var part = i32(localId.y); part < stop; part += ${lanes}) {
    let count = min(uniforms.perPart, uniforms.rows - part * uniforms.perPart);
    let place = 2 * part * uniforms.channels + channel;
    let difference = parts[place] - mean;
    squares += f32(count) * (parts[place + uniforms.channels] + difference * difference);
  }
  let variance = sumOfLanes(squares) / f32(uniforms.rows);
  if (localId.y == 0u && channel < uniforms.channels) {
    result[channel] = mean;
    result[channel + uniforms.channels] = variance;
  }
}
`;

/**
 * Computes the mean and the biased variance of each channel of `[…, C]`, `[2, C]`, from those of parts of n_p rows
 * each:
 *
 *     mean = sum of n_p mean_p / n
 *     variance = sum of n_p (variance_p + (mean_p - mean)²) / n
 *
 * Each variance is a mean of squared differences, exact where a mean of squares is not: for means far from zero.
 */
export function batchStatistics(x: Tensor): Tensor {
  const count = x.shape[x.rank - 1];
  const rows = x.size / count;
  const groups = Math.ceil(count / channels);
  const { perPart, parts } = splitRows(rows, groups);
  const uniforms = { channels: count, rows, perPart };
  const program = { workgroupSize, uniforms };
  const statistics = runProgram(
    {
      ...program,
      name: 'negatives_statisticsOfParts',
      inputs: ['x'],
      outputShape: parts === 1 ? [2, count] : [parts, 2, count],
      workgroups: [groups, parts, 1],
      code: ofParts,
    },
    [x],
  );
  if (parts === 1) return statistics;
  return runProgram(
    {
      ...program,
      name: 'negatives_statisticsOfAll',
      inputs: ['parts'],
      outputShape: [2, count],
      workgroups: [groups, 1, 1],
      uniforms: { ...uniforms, parts },
      code: ofAll,
    },
    [statistics],
  );
}
