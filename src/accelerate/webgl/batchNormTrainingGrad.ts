import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import { splitLines, visitTexels } from './lines';
import { withoutPadding } from './padding';
import { runProgram } from './program';

/**
 * The gradients of batch normalization in training, with x' = (x - mean) r of n rows and r = 1 / sqrt(variance +
 * epsilon):
 *
 *     d offset = sum of dy        d scale = sum of dy x'        dx = r scale (dy - d offset / n - x' d scale / n)
 */
export const batchNormTrainingGrad = customKernel('BatchNormTrainingGrad', (inputs, { epsilon }) => {
  const { dy, x, scale, kept0: statistics } = inputs;
  const sums = sumsOfParts(dy, x, statistics, epsilon);
  const [dOffset, dScale] = (['xy', 'zw'] as const).map((row) => sumOfRows(sums, row));
  const dx = runProgram(
    {
      inputs: ['dy', 'x', 'statistics', 'scale', 'dScale', 'dOffset'],
      outputShape: x.shape,
      uniforms: { epsilon, share: scale.size / x.size },
      code: `${withoutPadding(x.shape)}
  void main() {
    int channel = getOutputCoords().w;
    vec4 statistics = getStatistics(0, channel);
    vec2 r = inversesqrt(statistics.zw + epsilon);
    vec4 normal = (getXAtOutCoords() - statistics.xyxy) * r.xyxy;
    vec4 through = (getDOffset(channel).xyxy + normal * getDScale(channel).xyxy) * share;
    setOutput(withoutPadding((getDyAtOutCoords() - through) * (r * getScale(channel).xy).xyxy));
  }`,
    },
    [dy, x, statistics, scale, dScale, dOffset],
  );
  return [dx, dScale, dOffset];
});

/** Computes both sums over each part of the lines: rows 2 p and 2 p + 1 of `[2 parts, C]`. */
function sumsOfParts(dy: Tensor, x: Tensor, statistics: Tensor, epsilon: number): Tensor {
  const [batch, height, width, channels] = x.shape;
  const { perPart, parts } = splitLines(batch * height, width, Math.ceil(channels / 2));
  return runProgram(
    {
      inputs: ['dy', 'x', 'statistics'],
      outputShape: [2 * parts, channels],
      uniforms: { epsilon },
      code: `
  void main() {
    ivec2 place = getOutputCoords();
    int start = place.x / 2 * ${perPart};
    int end = min(start + ${perPart}, ${batch * height});
    vec4 statistics = getStatistics(0, place.y);
    vec2 r = inversesqrt(statistics.zw + epsilon);
    vec2 dOffset = vec2(0);
    vec2 dScale = vec2(0);
    ${visitTexels(
      x.shape,
      `vec4 slopes = getDy(n, h, w, place.y);
        vec4 products = slopes * (getX(n, h, w, place.y) - statistics.xyxy) * r.xyxy;
        dOffset += slopes.xy + (hasSecond ? slopes.zw : vec2(0));
        dScale += products.xy + (hasSecond ? products.zw : vec2(0));`,
    )}
    setOutput(vec4(dOffset, dScale));
  }`,
    },
    [dy, x, statistics],
  );
}

const sumOfRows = (sums: Tensor, row: 'xy' | 'zw'): Tensor =>
  runProgram(
    {
      inputs: ['sums'],
      outputShape: [sums.shape[1] as number],
      code: `
  void main() {
    vec2 sum = vec2(0);
    for (int part = 0; part < ${sums.shape[0]}; part += 2) {
      sum += getSums(part, getOutputCoords()).${row};
    }
    setOutput(vec4(sum, 0, 0));
  }`,
    },
    [sums],
  );
