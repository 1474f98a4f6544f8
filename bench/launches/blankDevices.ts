import { GPGPUContext, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

/** A program that a backend launched on a device. */
export interface Launch {
  invocations: number;
  inputs: readonly tf.TensorInfo[];
  output: tf.TensorInfo;
}

/*
 * TensorFlow.js's backends on devices that compute nothing: they choose, prepare and launch the same programs on the same
 * shapes, so that launches can be counted at any size and on any machine. Values are undefined, and must not be read.
 */

/** WebGPU's default limits, which every adapter keeps. */
const limits = {
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupSizeX: 256,
};

const product = (numbers: readonly number[]) => numbers.reduce((result, number) => result * number, 1);

interface Program {
  dispatch: number[];
  workgroupSize: number[];
}

/** The private parts of TensorFlow.js's WebGPU backend that touch the device. */
interface WebGpuParts {
  tensorMap: { get(id: object): { resource?: object; values?: object } };
  pipelineCache: object;
  releaseResource(): void;
  uploadToGPU(id: object): void;
  recordAndSubmit(program: Program, output: tf.TensorInfo, inputs: tf.TensorInfo[]): void;
}

/** Registers `webgpu`, which reports its launches. */
export function registerWebGpu(report: (launch: Launch) => void): void {
  tf.registerBackend('webgpu', () => {
    Object.assign(globalThis, { navigator: { gpu: {} } });
    const device = { queue: {}, features: new Set(), limits };
    const backend = new WebGPUBackend(device as never, {} as never);
    const parts = backend as unknown as WebGpuParts;
    parts.pipelineCache = new Proxy({}, { has: () => true, get: () => ({}) });
    parts.releaseResource = () => {};
    parts.uploadToGPU = (id) => Object.assign(parts.tensorMap.get(id), { resource: anything, values: null });
    parts.recordAndSubmit = ({ dispatch, workgroupSize }, output, inputs) =>
      report({ invocations: product([...dispatch, ...workgroupSize]), inputs, output });
    return backend;
  });
}

/** The private parts of TensorFlow.js's WebGL backend that touch the device. */
interface WebGlParts {
  texData: { get(id: object): { texShape: [number, number]; isPacked: boolean } };
  textureManager: object;
  getAndSaveBinary(): object;
  runWebGLProgram(program: object, inputs: tf.TensorInfo[], ...more: unknown[]): tf.TensorInfo;
}

/** What Chromium reports of a desktop's WebGL2. */
const flags = {
  HAS_WEBGL: true,
  WEBGL_VERSION: 2,
  WEBGL_RENDER_FLOAT32_CAPABLE: true,
  WEBGL_MAX_TEXTURE_SIZE: 16384,
  WEBGL_MAX_TEXTURES_IN_SHADER: 16,
};

/** Registers `webgl`, which reports its launches. */
export function registerWebGl(report: (launch: Launch) => void): void {
  tf.registerBackend('webgl', () => {
    for (const [name, value] of Object.entries(flags)) tf.env().set(name, value);
    const context = Object.setPrototypeOf(anything, GPGPUContext.prototype);
    const backend = new MathBackendWebGL(context);
    const parts = backend as unknown as WebGlParts;
    const variablesLocations = new Proxy([], { get: () => ({}) });
    parts.textureManager = anything;
    const binary = { program: { enableShapeUniforms: true }, webGLProgram: {}, variablesLocations, nanLoc: null };
    parts.getAndSaveBinary = () => binary;
    const run = parts.runWebGLProgram.bind(parts);
    parts.runWebGLProgram = (program, inputs, ...more) => {
      const output = run(program, inputs, ...more);
      const { texShape, isPacked } = parts.texData.get(output.dataId);
      report({ invocations: product(texShape.map((side) => (isPacked ? Math.ceil(side / 2) : side))), inputs, output });
      return output;
    };
    return backend;
  });
}

/** An object all of whose properties are functions that do nothing and return the object. */
const anything: object = new Proxy(() => anything, { get: () => anything });
