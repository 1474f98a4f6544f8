import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import { runProgram, spread } from './program';
import { lanes, rowReductions } from './rowReductions';

/** `y = x / max(|x|, epsilon)` of each row. */
export const l2Normalize = customKernel('L2Normalize', ({ x }, { epsilon }) =>
  runRows('l2Normalize', ['x'], [x], epsilon, {
    sums: 'squares += x[place] * x[place];',
    value: 'x[place] / length',
  }),
);

/** `dx = (dy - y y·dy) / |x|`, or `dy / epsilon` where |x| is less. */
export const l2NormalizeGrad = customKernel('L2NormalizeGrad', ({ dy, x, y }, { epsilon }) =>
  runRows('l2NormalizeGrad', ['dy', 'x', 'y'], [dy, x, y], epsilon, {
    sums: 'squares += x[place] * x[place]; products += y[place] * dy[place];',
    value: '(dy[place] - select(0.0, y[place] * along, isLong)) / length',
  }),
);

/** Runs a program of rows, which sums over a row and then computes its values. */
function runRows(
  name: string,
  inputs: string[],
  tensors: Tensor[],
  epsilon: number,
  { sums, value }: { sums: string; value: string },
): Tensor {
  const [{ shape, size }] = tensors;
  const columns = shape[shape.length - 1];
  const { workgroups, groupsWide } = spread(size / columns);
  const code = `${rowReductions}
fn main() {
  let row = i32(workgroupId.y) * uniforms.groupsWide + i32(workgroupId.x);
  let start = row * uniforms.columns;
  let end = select(start, start + uniforms.columns, row < uniforms.rows);
  var squares = 0.0;
  var products = 0.0;
  for (var place = start + i32(localIndex); place < end; place += ${lanes}) {
    ${sums}
  }
  let square = sumOfRow(squares);
  let along = sumOfRow(products);
  let isLong = square >= uniforms.epsilon * uniforms.epsilon;
  let length = sqrt(max(square, uniforms.epsilon * uniforms.epsilon));
  for (var place = start + i32(localIndex); place < end; place += ${lanes}) {
    result[place] = ${value};
  }
}
`;
  return runProgram(
    {
      name: `negatives_${name}`,
      inputs,
      outputShape: shape,
      workgroupSize: [lanes, 1, 1],
      workgroups,
      uniforms: { rows: size / columns, columns, groupsWide },
      floats: { epsilon },
      code,
    },
    tensors,
  );
}
