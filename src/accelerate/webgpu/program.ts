import {
  backend,
  type DataType,
  engine,
  type KernelBackend,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** A compute shader of this package, run by the backend's own machinery. */
export interface Program {
  /** Names the source: two programs of one name have the same `code`. */
  name: string;
  /** What the source calls its tensors, all of them `array<f32>`; its output is `result`. */
  inputs: readonly string[];
  outputShape: number[];
  /** Invocations of a workgroup, and the numbers of workgroups. */
  workgroupSize: Triple;
  workgroups: Triple;
  /** Integers of the source, `uniforms.name`. */
  uniforms?: Numbers;
  /** Other numbers of the source, `uniforms.name` too. */
  floats?: Numbers;
  /** WGSL with `fn main()`, which finds `localId`, `localIndex` and `workgroupId`. */
  code: string;
}

/** Numbers along the three axes of a dispatch. */
export type Triple = [x: number, y: number, z: number];

export interface Numbers {
  [name: string]: number;
}

/** What of TensorFlow.js's WebGPU backend a program needs. */
interface WebGpuBackend extends KernelBackend {
  runWebGPUProgram(
    program: object,
    inputs: readonly TensorInfo[],
    dtype: DataType,
    uniforms: { type: 'int32' | 'float32'; data: number[] }[],
  ): TensorInfo;
}

/** Runs a program on tensors and returns its output, whose values no one has waited for yet. */
export function runProgram(program: Program, tensors: readonly Tensor[]): Tensor {
  const { name, inputs, outputShape, workgroupSize, workgroups, uniforms = {}, floats = {}, code } = program;
  // Three axes, so that x, y and z of a workgroup have an axis each; the source numbers the values itself.
  const size = outputShape.reduce((product, length) => product * length, 1);
  const declare = (numbers: Numbers, type: string) => Object.keys(numbers).map((scalar) => `${scalar} : ${type}, `);
  const pass = (numbers: Numbers, type: 'int32' | 'float32') =>
    Object.values(numbers).map((value) => ({ type, data: [value] }));
  const output = (backend() as WebGpuBackend).runWebGPUProgram(
    {
      variableNames: inputs,
      outputShape: [1, 1, size],
      workgroupSize,
      dispatch: workgroups,
      dispatchLayout: { x: [2], y: [1], z: [0] },
      shaderKey: name,
      uniforms: [...declare(uniforms, 'i32'), ...declare(floats, 'f32')].join(''),
      getUserCode: () => code,
    },
    tensors,
    'float32',
    [...pass(uniforms, 'int32'), ...pass(floats, 'float32')],
  );
  return engine().makeTensorFromTensorInfo({ ...output, shape: outputShape });
}

/**
 * Spreads workgroups over two axes, of at most 65535 each; `fn main()` numbers them by
 * `workgroupId.y * groupsWide + workgroupId.x`.
 */
export function spread(groups: number): { workgroups: Triple; groupsWide: number } {
  const groupsWide = Math.min(groups, 65535);
  return { workgroups: [groupsWide, Math.ceil(groups / groupsWide), 1], groupsWide };
}
