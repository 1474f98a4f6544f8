import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import { runProgram } from './program';

/** `y = x / max(|x|, epsilon)` of each row. */
export const l2Normalize = customKernel('L2Normalize', ({ x }, { epsilon }) => {
  const rows = asRows(x);
  const squares = sumRows(rows, rows);
  const y = runProgram(
    {
      inputs: ['x', 'squares'],
      outputShape: rows.shape,
      uniforms: { epsilon },
      code: `
  void main() {
    vec2 lengths = sqrt(max(getSquares(getOutputCoords().x, 0).xz, vec2(epsilon * epsilon)));
    setOutput(getXAtOutCoords() / lengths.xxyy);
  }`,
    },
    [rows, squares],
  );
  return reshape(y, x.shape);
});

/** `dx = (dy - y y·dy) / |x|`, or `dy / epsilon` where |x| is less. */
export const l2NormalizeGrad = customKernel('L2NormalizeGrad', ({ dy, x, y }, { epsilon }) => {
  const [dys, xs, ys] = [dy, x, y].map(asRows);
  const dx = runProgram(
    {
      inputs: ['dy', 'y', 'squares', 'products'],
      outputShape: xs.shape,
      uniforms: { epsilon },
      code: `
  void main() {
    int row = getOutputCoords().x;
    vec2 squares = getSquares(row, 0).xz;
    vec2 along = mix(vec2(0), getProducts(row, 0).xz, greaterThanEqual(squares, vec2(epsilon * epsilon)));
    vec2 lengths = sqrt(max(squares, vec2(epsilon * epsilon)));
    setOutput((getDyAtOutCoords() - getYAtOutCoords() * along.xxyy) / lengths.xxyy);
  }`,
    },
    [dys, ys, sumRows(xs, xs), sumRows(ys, dys)],
  );
  return reshape(dx, x.shape);
});

const asRows = (x: Tensor): Tensor => (x.rank === 2 ? x : reshape(x, [-1, x.shape[x.rank - 1]]));

/** Sums the products of rows, `[rows, 1]`; a fragment takes two. */
const sumRows = (a: Tensor, b: Tensor): Tensor =>
  runProgram(
    {
      inputs: ['a', 'b'],
      outputShape: [a.shape[0], 1],
      code: `
  void main() {
    int row = getOutputCoords().x;
    vec2 sums = vec2(0);
    for (int column = 0; column < ${a.shape[1]}; column += 2) {
      vec4 products = getA(row, column) * getB(row, column);
      sums += products.xz + (column + 1 < ${a.shape[1]} ? products.yw : vec2(0));
    }
    sums.y *= float(row + 1 < ${a.shape[0]});
    setOutput(vec4(sums.x, 0, sums.y, 0));
  }`,
    },
    [a, b],
  );
