import type { Tensor } from '@tensorflow/tfjs-core';
import { runProgram } from './program';

/** Sums parts of a filter's gradient: y[a, b, c, d] = sum over parts p of x[p A + a, b, c, d], of `[A, B, C, D]`. */
export const sumParts = (x: Tensor, outputShape: [number, number, number, number]): Tensor =>
  runProgram(
    {
      inputs: ['x'],
      outputShape,
      code: `
  void main() {
    ivec4 place = getOutputCoords();
    vec4 sum = vec4(0);
    for (int row = place.x; row < ${x.shape[0]}; row += ${outputShape[0]}) {
      sum += getX(row, place.y, place.z, place.w);
    }
    setOutput(sum);
  }`,
    },
    [x],
  );
