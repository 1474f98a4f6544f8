import type { DataId, Tensor } from '@tensorflow/tfjs-core';

/** A typed array, as tensors hold their values. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** An attribute of a TensorFlow operation; `type` is a constant `TF_ATTR_…`. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** A tensor that TensorFlow made; `dtype` is a constant of TensorFlow. */
export interface Output {
  id: number;
  shape: number[];
  dtype: number;
}

/** The functions of tfjs-node's native add-on by which everything goes that it asks of TensorFlow. */
export interface Binding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[];
  createTensor(shape: number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(session: number, ids: number[], inputs: string, outputs: string): Output[];
  deleteSavedModel(session: number): void;
}

/** The functions that a recording or a rehearsal takes the place of. */
export type Calls = Pick<Binding, 'executeOp' | 'createTensor' | 'deleteTensor' | 'tensorDataSync' | 'runSavedModel'>;

/** What tfjs-node's backend knows of a tensor: an id of TensorFlow, or values that it has not been given yet. */
interface TensorInfo {
  id: number;
  shape: number[];
  dtype: number;
  values: Values | null;
  refCount: number;
}

/** What is used of tfjs-node's backend. None of it is public, so `missingParts` looks first. */
export interface GraphBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  tensorMap: { get(dataId: DataId): TensorInfo; has(dataId: DataId): boolean };
  getInputTensorIds(tensors: Tensor[]): number[];
  getDTypeInteger(dtype: string): number;
  createOutputTensor(output: Output): Tensor;
}

/** Names the private functions that this version of tfjs-node lacks. */
export function missingParts(backend: Partial<GraphBackend>): string[] {
  const missing = (owner: object | undefined, names: string[]) =>
    names.filter((name) => typeof (owner as Record<string, unknown> | undefined)?.[name] !== 'function');
  return [
    ...missing(backend, ['getInputTensorIds', 'getDTypeInteger', 'createOutputTensor']),
    ...missing(backend.tensorMap, ['get', 'has']).map((name) => `tensorMap.${name}`),
    ...missing(backend.binding, [
      'executeOp',
      'createTensor',
      'deleteTensor',
      'tensorDataSync',
      'loadSavedModel',
      'runSavedModel',
      'deleteSavedModel',
    ]).map((name) => `binding.${name}`),
  ];
}

/** TensorFlow's numbers of the types that are named here. */
export const dataTypes = { float32: 1, int32: 3, string: 7 };
