import type { Tensor } from '@tensorflow/tfjs-core';
import { runElementwise } from './elementwise';

/**
 * Sums parts of a sum: y[i] = sum over parts p of x[p, of, i], where x is `[parts, blocks, …outputShape]`.
 *
 * @param of Which of the blocks of a part is summed.
 */
export function sumParts(x: Tensor, outputShape: number[], { blocks = 1, of = 0 } = {}): Tensor {
  const size = outputShape.reduce((product, length) => product * length, 1);
  return runElementwise(
    {
      name: 'negatives_sumParts',
      inputs: ['x'],
      outputShape,
      uniforms: { parts: x.size / (blocks * size), stride: blocks * size, first: of * size },
      value: `
  var sum = 0.0;
  for (var part = 0; part < uniforms.parts; part++) {
    sum += x[part * uniforms.stride + uniforms.first + index];
  }
  return sum;`,
    },
    [x],
  );
}
