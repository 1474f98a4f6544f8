import type { DataId, Tensor } from '@tensorflow/tfjs-core';

/** Holds the values of a tensor in JavaScript. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** Describes an attribute of a TensorFlow operation; `type` is a constant `TF_ATTR_…`. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** Describes a tensor that TensorFlow made; `dtype` is TensorFlow's number of its type. */
export interface Output {
  id: number;
  shape: number[];
  dtype: number;
}

/** Lists the functions of tfjs-node's native add-on that graphs need. */
export interface Binding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[];
  createTensor(shape: number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(session: number, ids: number[], inputs: string, outputs: string): Output[];
  deleteSavedModel(session: number): void;
}

/** Lists the functions by which the JavaScript of a step asks TensorFlow for something. */
export type Calls = Pick<Binding, 'executeOp' | 'createTensor' | 'deleteTensor' | 'tensorDataSync' | 'runSavedModel'>;

/** Describes a tensor of tfjs-node's backend; `values` are those that TensorFlow has not been given yet. */
interface TensorInfo {
  id: number;
  shape: number[];
  dtype: number;
  values: Values | null;
  refCount: number;
}

/** Lists what graphs need of tfjs-node's backend. None of it is public, so `missingParts` looks first. */
export interface GraphBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  tensorMap: { get(dataId: DataId): TensorInfo; has(dataId: DataId): boolean };
  getInputTensorIds(tensors: Tensor[]): number[];
  getDTypeInteger(dtype: string): number;
  createOutputTensor(output: Output): Tensor;
}

const privateFunctions = [
  'getInputTensorIds',
  'getDTypeInteger',
  'createOutputTensor',
  'tensorMap.get',
  'tensorMap.has',
  'binding.executeOp',
  'binding.createTensor',
  'binding.deleteTensor',
  'binding.tensorDataSync',
  'binding.loadSavedModel',
  'binding.runSavedModel',
  'binding.deleteSavedModel',
];

/** Names the private functions that this version of tfjs-node lacks. */
export function missingParts(backend: object): string[] {
  const partOf = (owner: unknown, name: string) => (owner as Record<string, unknown> | undefined)?.[name];
  return privateFunctions.filter((path) => typeof path.split('.').reduce(partOf, backend) !== 'function');
}

/** Numbers types as TensorFlow does. */
export const dataTypes = { float32: 1, int32: 3, string: 7, bool: 10 };
