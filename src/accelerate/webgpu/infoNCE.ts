import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel, type InfoNCEFactors } from '../../support/customKernels';
import { splitRows } from './channelSums';
import { runElementwise } from './elementwise';
import { runProgram, spread } from './program';
import { lanes, least, rowReductions } from './rowReductions';

/** WGSL of `factorAt(column)` and `logitAt(row, column)`, a logit less that of the row's key. */
const logits = `
fn factorAt(column : i32) -> f32 {
  return select(uniforms.factor, uniforms.negativeFactor, column >= uniforms.firstNegative);
}

fn logitAt(row : i32, column : i32) -> f32 {
  let start = row * uniforms.columns;
  return x[start + column] * factorAt(column) - x[start] * uniforms.factor;
}
`;

/** Returns the numbers that `logits` reads. */
const scalars = ({ shape: [, columns] }: Tensor, { factor, negativeFactor, negatives }: InfoNCEFactors) => ({
  uniforms: { columns: columns as number, firstNegative: (columns as number) - negatives },
  floats: { factor, negativeFactor },
});

/** The mean over the rows of log(sum of exp(logit)). */
export const infoNCE = customKernel('InfoNCE', ({ x }, factors) => {
  const rows = x.shape[0];
  const norms = normsOf(x, factors);
  const loss = runElementwise(
    {
      name: 'negatives_infoNCE',
      inputs: ['norms'],
      outputShape: [],
      uniforms: { rows },
      value: `
  var sum = 0.0;
  for (var row = 0; row < uniforms.rows; row++) {
    sum += norms[2 * row] + norms[2 * row + 1];
  }
  return sum / f32(uniforms.rows);`,
    },
    [norms],
  );
  return [loss, norms];
});

/** `(softmax - label) * factors * dy / N`. */
export const infoNCEGrad = customKernel('InfoNCEGrad', ({ dy, x, norms }, factors) => {
  const { uniforms, floats } = scalars(x, factors);
  return runElementwise(
    {
      name: 'negatives_infoNCEGrad',
      inputs: ['dy', 'x', 'norms'],
      outputShape: x.shape,
      uniforms: { ...uniforms, rows: x.shape[0] },
      floats,
      functions: logits,
      value: `
  let row = index / uniforms.columns;
  let column = index % uniforms.columns;
  let share = exp(logitAt(row, column) - norms[2 * row] - norms[2 * row + 1]);
  return (share - select(0.0, 1.0, column == 0)) * factorAt(column) * dy[0] / f32(uniforms.rows);`,
    },
    [dy, x, norms],
  );
});

/** Merges the norms of parts: the greatest logit g of each row and log(sum of exp(logit - g)), `[N, 2]`. */
function normsOf(x: Tensor, factors: InfoNCEFactors): Tensor {
  const [rows, columns] = x.shape as [number, number];
  const { perPart, parts } = splitRows(columns, rows);
  const { workgroups, groupsWide } = spread(rows * parts);
  const { uniforms, floats } = scalars(x, factors);
  const norms = runProgram(
    {
      name: 'negatives_normsOfParts',
      inputs: ['x'],
      outputShape: parts === 1 ? [rows, 2] : [rows, parts, 2],
      workgroupSize: [lanes, 1, 1],
      workgroups,
      uniforms: { ...uniforms, rows, perPart, parts, groupsWide },
      floats,
      code: ofParts,
    },
    [x],
  );
  if (parts === 1) return norms;
  return runElementwise(
    { name: 'negatives_normsOfAll', inputs: ['parts'], outputShape: [rows, 2], uniforms: { parts }, value: ofAll },
    [norms],
  );
}

const ofParts = `${rowReductions}${logits}
fn main() {
  let group = i32(workgroupId.y) * uniforms.groupsWide + i32(workgroupId.x);
  let row = group / uniforms.parts;
  let first = group % uniforms.parts * uniforms.perPart;
  let end = select(first, min(first + uniforms.perPart, uniforms.columns), row < uniforms.rows);
  var greatest = ${least};
  for (var column = first + i32(localIndex); column < end; column += ${lanes}) {
    greatest = max(greatest, logitAt(row, column));
  }
  let top = greatestOfRow(greatest);
  var shares = 0.0;
  for (var column = first + i32(localIndex); column < end; column += ${lanes}) {
    shares += exp(logitAt(row, column) - top);
  }
  let sum = sumOfRow(shares);
  if (localIndex == 0u && row < uniforms.rows) {
    result[2 * group] = top;
    result[2 * group + 1] = log(sum);
  }
}
`;

const ofAll = `
  let first = index / 2 * 2 * uniforms.parts;
  let end = first + 2 * uniforms.parts;
  var greatest = ${least};
  for (var place = first; place < end; place += 2) {
    greatest = max(greatest, parts[place]);
  }
  if (index % 2 == 0) {
    return greatest;
  }
  var sum = 0.0;
  for (var place = first; place < end; place += 2) {
    sum += exp(parts[place] - greatest + parts[place + 1]);
  }
  return log(sum);`;
