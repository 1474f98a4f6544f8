import type { Tensor } from '@tensorflow/tfjs-core';
import { splitLines, visitTexels } from './lines';
import { runProgram } from './program';

/**
 * Computes the mean and the biased variance of each channel of `[N, H, W, C]`, `[2, C]`, from those of parts of n_p
 * lines each:
 *
 *     mean = sum of n_p mean_p / n
 *     variance = sum of n_p (variance_p + (mean_p - mean)²) / n
 *
 * Each variance is a mean of squared differences, exact where a mean of squares is not: for means far from zero.
 */
export function batchStatistics(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  const lines = batch * height;
  const { perPart, parts } = splitLines(lines, width, Math.ceil(channels / 2));
  const outputShape = [2 * parts, channels];
  const statistics = runProgram({ inputs: ['x'], outputShape, code: ofParts(x.shape, perPart) }, [x]);
  if (parts === 1) return statistics;
  const code = ofAll(parts, perPart, lines);
  return runProgram({ inputs: ['parts'], outputShape: [2, channels], code }, [statistics]);
}

/** Computes the statistics of parts: a texel is the means of two channels, and below them their variances. */
const ofParts = (shape: number[], perPart: number) => `
  void main() {
    ivec2 place = getOutputCoords();
    int start = place.x / 2 * ${perPart};
    int end = min(start + ${perPart}, ${shape[0] * shape[1]});
    float count = float((end - start) * ${shape[2]});
    vec2 sum = vec2(0);
    ${visitTexels(
      shape,
      `vec4 pixels = getX(n, h, w, place.y);
        sum += pixels.xy + (hasSecond ? pixels.zw : vec2(0));`,
    )}
    vec2 mean = sum / count;
    vec2 squares = vec2(0);
    ${visitTexels(
      shape,
      `vec4 differences = getX(n, h, w, place.y) - mean.xyxy;
        differences *= differences;
        squares += differences.xy + (hasSecond ? differences.zw : vec2(0));`,
    )}
    setOutput(vec4(mean, squares / count));
  }`;

const ofAll = (parts: number, perPart: number, lines: number) => `
  float countOf(int part) {
    return float(min(${perPart}, ${lines} - part * ${perPart}));
  }
  void main() {
    int channel = getOutputCoords().y;
    vec2 sum = vec2(0);
    for (int part = 0; part < ${parts}; part++) {
      sum += countOf(part) * getParts(2 * part, channel).xy;
    }
    vec2 mean = sum / float(${lines});
    vec2 squares = vec2(0);
    for (int part = 0; part < ${parts}; part++) {
      vec4 texel = getParts(2 * part, channel);
      vec2 difference = texel.xy - mean;
      squares += countOf(part) * (texel.zw + difference * difference);
    }
    setOutput(vec4(mean, squares / float(${lines})));
  }`;
