import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Program, runProgram, spread } from './program';

const size = 64;

const code = `
fn main() {
  let index = (i32(workgroupId.y) * uniforms.groupsWide + i32(workgroupId.x)) * ${size} + i32(localIndex);
  if (index >= uniforms.count) {
    return;
  }
  var sum = 0.0;
  for (var part = 0; part < uniforms.parts; part++) {
    sum += parts[part * uniforms.count + index];
  }
  result[index] = sum;
}
`;

/** Sums `parts` blocks of equal size to one of `outputShape`. */
export function sumParts(
  backend: object,
  tensor: TensorInfo,
  { parts, outputShape }: { parts: number; outputShape: number[] },
): TensorInfo {
  const count = outputShape.reduce((product, length) => product * length, 1);
  const { workgroups, groupsWide } = spread(Math.ceil(count / size));
  const program: Program = {
    name: 'negatives_sumParts',
    inputs: ['parts'],
    outputShape,
    workgroupSize: [size, 1, 1],
    workgroups,
    uniforms: { groupsWide, count, parts },
    code,
  };
  return runProgram(backend, program, [tensor]);
}
