import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel, type InfoNCEFactors } from '../../support/customKernels';
import { splitLines } from './lines';
import { runProgram } from './program';

/** Less than any logit that counts, and finite: a difference to -Infinity is none to NaN. */
const least = 'vec2(-3.4e38)';

const uniformsOf = ({ factor, negativeFactor }: InfoNCEFactors) => ({ factor, negativeFactor });

/**
 * Writes the GLSL of `factorsAt(column)`, the factors of a column and the next, and of `logitsAt(row, column)`, the
 * logits of two rows there, less those of the rows' keys.
 */
const logits = ([, columns]: number[], negatives: number) => `
  vec2 factorsAt(int column) {
    bvec2 isNegative = greaterThanEqual(ivec2(column, column + 1), ivec2(${columns - negatives}));
    return mix(vec2(factor), vec2(negativeFactor), isNegative);
  }
  vec4 logitsAt(int row, int column) {
    return getX(row, column) * factorsAt(column).xyxy - getX(row, 0).xxzz * factor;
  }`;

/** The mean over the rows of log(sum of exp(logit)). */
export const infoNCE = customKernel('InfoNCE', ({ x }, factors) => {
  const [rows] = x.shape;
  const norms = normsOf(x, factors);
  const loss = runProgram(
    {
      inputs: ['norms'],
      outputShape: [],
      code: `
  void main() {
    float sum = 0.0;
    for (int row = 0; row < ${rows}; row += 2) {
      vec4 norms = getNorms(row, 0);
      sum += norms.x + norms.y + norms.z + norms.w;
    }
    setOutput(vec4(sum / float(${rows}), 0, 0, 0));
  }`,
    },
    [norms],
  );
  return [loss, norms];
});

/** `(softmax - label) * factors * dy / N`. */
export const infoNCEGrad = customKernel('InfoNCEGrad', ({ dy, x, norms }, factors) => {
  const [rows, columns] = x.shape as [number, number];
  return runProgram(
    {
      inputs: ['dy', 'x', 'norms'],
      outputShape: x.shape,
      uniforms: uniformsOf(factors),
      code: `${logits(x.shape, factors.negatives)}
  void main() {
    ivec2 place = getOutputCoords();
    vec4 factors = factorsAt(place.y).xyxy;
    vec4 norms = getNorms(place.x, 0);
    vec4 shares = exp(logitsAt(place.x, place.y) - norms.xxzz - norms.yyww);
    shares.xz -= float(place.y == 0);
    bool hasColumn = place.y + 1 < ${columns};
    bool hasRow = place.x + 1 < ${rows};
    vec4 dx = shares * factors * (getDy().x / float(${rows}));
    setOutput(mix(vec4(0), dx, bvec4(true, hasColumn, hasRow, hasColumn && hasRow)));
  }`,
    },
    [dy, x, norms],
  );
});

/**
 * Merges the norms of parts: the greatest logit g of each row and log(sum of exp(logit - g)), `[N, 2]`. A fragment
 * takes two rows.
 */
function normsOf(x: Tensor, factors: InfoNCEFactors): Tensor {
  const [rows, columns] = x.shape as [number, number];
  const { perPart, parts } = splitLines(Math.ceil(columns / 2), 2, Math.ceil(rows / 2));
  const norms = runProgram(
    {
      inputs: ['x'],
      outputShape: [rows, 2 * parts],
      uniforms: uniformsOf(factors),
      code: ofParts(x.shape, factors.negatives, 2 * perPart),
    },
    [x],
  );
  if (parts === 1) return norms;
  return runProgram({ inputs: ['parts'], outputShape: [rows, 2], code: ofAll(rows, parts) }, [norms]);
}

const output = (rows: number) => `
    vec4 norms = vec4(greatest, log(sum)).xzyw;
    if (row + 1 == ${rows}) norms.zw = vec2(0);
    setOutput(norms);`;

const ofParts = (shape: number[], negatives: number, perPart: number) => `${logits(shape, negatives)}
  void main() {
    ivec2 place = getOutputCoords();
    int row = place.x;
    int start = place.y / 2 * ${perPart};
    int end = min(start + ${perPart}, ${shape[1]});
    vec2 greatest = ${least};
    for (int column = start; column < end; column += 2) {
      vec4 logits = logitsAt(row, column);
      greatest = max(greatest, column + 1 < ${shape[1]} ? max(logits.xz, logits.yw) : logits.xz);
    }
    vec2 sum = vec2(0);
    for (int column = start; column < end; column += 2) {
      vec4 shares = exp(logitsAt(row, column) - greatest.xxyy);
      sum += shares.xz + (column + 1 < ${shape[1]} ? shares.yw : vec2(0));
    }${output(shape[0])}
  }`;

const ofAll = (rows: number, parts: number) => `
  void main() {
    int row = getOutputCoords().x;
    vec2 greatest = ${least};
    for (int part = 0; part < ${2 * parts}; part += 2) {
      greatest = max(greatest, getParts(row, part).xz);
    }
    vec2 sum = vec2(0);
    for (int part = 0; part < ${2 * parts}; part += 2) {
      vec4 norms = getParts(row, part);
      sum += exp(norms.xz - greatest + norms.yw);
    }${output(rows)}
  }`;
