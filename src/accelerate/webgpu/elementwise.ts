import type { Tensor } from '@tensorflow/tfjs-core';
import { type Program, runProgram, spread } from './program';

const size = 64;

/** A program in which each invocation computes one value. */
export interface Elementwise extends Pick<Program, 'name' | 'inputs' | 'outputShape' | 'uniforms' | 'floats'> {
  /** The body of a function of the value's flat place, `index`. */
  value: string;
  /** Functions that it calls. */
  functions?: string;
}

/** Runs an elementwise program. */
export function runElementwise({ value, functions = '', ...program }: Elementwise, tensors: readonly Tensor[]): Tensor {
  const count = program.outputShape.reduce((product, length) => product * length, 1);
  const { workgroups, groupsWide } = spread(Math.ceil(count / size));
  const code = `${functions}
fn valueAt(index : i32) -> f32 {
  ${value}
}

fn main() {
  let index = (i32(workgroupId.y) * uniforms.groupsWide + i32(workgroupId.x)) * ${size} + i32(localIndex);
  if (index < uniforms.count) {
    result[index] = valueAt(index);
  }
}
`;
  const uniforms = { ...program.uniforms, groupsWide, count };
  return runProgram({ ...program, workgroupSize: [size, 1, 1], workgroups, uniforms, code }, tensors);
}
