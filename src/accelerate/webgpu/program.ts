import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

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
  /** Scalars of the source, `uniforms.name`: integers, or floats where the name is among `floats`. */
  uniforms: { [name: string]: number };
  floats?: readonly string[];
  /** WGSL with `fn main()`, which finds `localId`, `localIndex` and `workgroupId`. */
  code: string;
}

export type Triple = [x: number, y: number, z: number];

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
export function runProgram(backend: object, program: Program, tensors: readonly TensorInfo[]): TensorInfo {
  const { name, inputs, outputShape, workgroupSize, workgroups, uniforms, floats = [], code } = program;
  const scalars = Object.entries(uniforms);
  const type = (scalar: string) => (floats.includes(scalar) ? 'f32' : 'i32');
  // Three axes, so that x, y and z of a workgroup have an axis each.
  const shape = [1, 1, ...outputShape].slice(-3);
  const output = (backend as WebGpuBackend).runWebGPUProgram(
    {
      variableNames: inputs,
      outputShape: outputShape.length > 3 ? [1, 1, outputShape.reduce((product, size) => product * size, 1)] : shape,
      workgroupSize,
      dispatch: workgroups,
      dispatchLayout: { x: [2], y: [1], z: [0] },
      shaderKey: name,
      uniforms: scalars.map(([scalar]) => `${scalar} : ${type(scalar)}, `).join(''),
      getUserCode: () => code,
    },
    tensors,
    'float32',
    scalars.map(([scalar, value]) => ({ type: type(scalar) === 'f32' ? 'float32' : 'int32', data: [value] })),
  );
  return { ...output, shape: outputShape };
}

/** Workgroups that `fn main()` numbers by `workgroupId.y * groupsWide + workgroupId.x`: an axis has at most 65535. */
export function spread(groups: number): { workgroups: Triple; groupsWide: number } {
  const groupsWide = Math.min(groups, 65535);
  return { workgroups: [groupsWide, Math.ceil(groups / groupsWide), 1], groupsWide };
}
