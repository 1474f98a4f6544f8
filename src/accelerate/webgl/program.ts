import { backend, engine, type KernelBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/**
 * A fragment shader of this package, run by the backend's own machinery. Tensors are packed, as most of the backend's
 * own kernels leave them: a texel holds 2 x 2 values of the last two axes, and zeros beyond their ends.
 */
export interface Program {
  /** What the source calls its tensors: `getX(…)` reads a texel of `x`. */
  inputs: readonly string[];
  outputShape: number[];
  /** Numbers of the source, by their names. */
  uniforms?: { [name: string]: number };
  /** GLSL with `void main()`, which ends with `setOutput(vec4)`. */
  code: string;
}

/** What of TensorFlow.js's WebGL backend a program needs. */
interface WebGlBackend extends KernelBackend {
  runWebGLProgram(
    program: object,
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms: (readonly number[])[],
  ): TensorInfo;
}

/** Runs a program on tensors and returns its output, whose values no one has waited for yet. */
export function runProgram({ inputs, outputShape, uniforms = {}, code }: Program, tensors: readonly Tensor[]): Tensor {
  const output = (backend() as WebGlBackend).runWebGLProgram(
    {
      variableNames: inputs,
      outputShape,
      packedInputs: true,
      packedOutput: true,
      customUniforms: Object.keys(uniforms).map((name) => ({ name, type: 'float' })),
      userCode: code,
    },
    tensors,
    'float32',
    Object.values(uniforms).map((value) => [value]),
  );
  return engine().makeTensorFromTensorInfo(output);
}
