import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel, type InfoNCEFactors } from '../../support/customKernels';
import { splitLines } from './lines';
import { runProgram } from './program';

/** Less than any logit that counts, and finite: a difference to -Infinity is none to NaN. */
const least = 'vec2(-3.4e38)';

const uniformsOf = ({ factor, negativeFactor }: InfoNCEFactors) => ({ factor, negativeFactor });

/** GLSL of the factors of a column and the next one. */
const factorsAt = (columns: number, negatives: number) => `
  vec2 factorsAt(int column) {
    bvec2 isNegative = greaterThanEqual(ivec2(column, column + 1), ivec2(${columns - negatives}));
    return mix(vec2(factor), vec2(negativeFactor), isNegative);
  }`;

/** The mean of log(sum of exp(logit)) - logit 0 over the rows. */
export const infoNCE = customKernel('InfoNCE', ({ x }, factors) => {
  const [rows] = x.shape;
  const norms = normsOf(x, factors);
  const loss = runProgram(
    {
      inputs: ['x', 'norms'],
      outputShape: [],
      uniforms: uniformsOf(factors),
      code: `
  void main() {
    float sum = 0.0;
    for (int row = 0; row < ${rows}; row += 2) {
      vec4 norms = getNorms(row, 0);
      vec2 losses = norms.xz - getX(row, 0).xz * factor + norms.yw;
      sum += losses.x + (row + 1 < ${rows} ? losses.y : 0.0);
    }
    setOutput(vec4(sum / float(${rows}), 0, 0, 0));
  }`,
    },
    [x, norms],
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
      code: `${factorsAt(columns, factors.negatives)}
  void main() {
    ivec2 place = getOutputCoords();
    vec4 factors = factorsAt(place.y).xyxy;
    vec4 norms = getNorms(place.x, 0);
    vec4 shares = exp(getXAtOutCoords() * factors - norms.xxzz - norms.yyww);
    shares.xz -= float(place.y == 0);
    vec2 isWithin = vec2(1, place.y + 1 < ${columns});
    factors *= vec4(isWithin, isWithin * float(place.x + 1 < ${rows}));
    setOutput(shares * factors * (getDy().x / float(${rows})));
  }`,
    },
    [dy, x, norms],
  );
});

/**
 * The greatest logit g of each row and the logarithm of its sum of exp(logit - g), `[N, 2]`, from those of its parts. A
 * fragment takes two rows.
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

const ofParts = ([rows, columns]: number[], negatives: number, perPart: number) => `${factorsAt(columns, negatives)}
  vec4 logitsAt(int row, int column) {
    vec4 logits = getX(row, column) * factorsAt(column).xyxy;
    return column + 1 < ${columns} ? logits : logits.xxzz;
  }
  void main() {
    ivec2 place = getOutputCoords();
    int row = place.x;
    int start = place.y / 2 * ${perPart};
    int end = min(start + ${perPart}, ${columns});
    vec2 greatest = ${least};
    for (int column = start; column < end; column += 2) {
      vec4 logits = logitsAt(row, column);
      greatest = max(greatest, max(logits.xz, logits.yw));
    }
    vec2 sum = vec2(0);
    for (int column = start; column < end; column += 2) {
      vec4 shares = exp(logitsAt(row, column) - greatest.xxyy);
      sum += shares.xz + (column + 1 < ${columns} ? shares.yw : vec2(0));
    }${output(rows)}
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
