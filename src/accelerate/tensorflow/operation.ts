import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';

/** What is used of tfjs-node's backend, which this package does not import: it comes with each kernel call. */
export interface TensorFlowBackend {
  isUsingGpuDevice: boolean;
  binding: Record<`TF_${string}`, number>;
  incRef(dataId: object): void;
  executeMultipleOutputs(name: string, attributes: object[], inputs: Tensor[], outputs: number): Tensor[];
}

/** What a kernel receives: tensors by name, attributes and the backend. */
export type KernelCall = Parameters<KernelFunc>[0];

/** The value of an attribute of a TensorFlow operation, by its kind. */
export type OperationAttribute =
  | { type: 'float32' | 'int32' | 'bool' | string }
  | { float: number }
  | { int: number[] }
  | { bool: boolean }
  | { string: string };

const typeConstants: Record<string, `TF_${string}`> = { float32: 'TF_FLOAT', int32: 'TF_INT32', bool: 'TF_BOOL' };

const kindConstants: Record<string, `TF_${string}`> = {
  type: 'TF_ATTR_TYPE',
  float: 'TF_ATTR_FLOAT',
  int: 'TF_ATTR_INT',
  bool: 'TF_ATTR_BOOL',
  string: 'TF_ATTR_STRING',
};

/** Runs an operation of TensorFlow by its name, such as `ReluGrad`, whether tfjs uses it or not. */
export function runOperation(
  backend: object,
  name: string,
  inputs: Tensor[],
  attributes: Record<string, OperationAttribute>,
  outputs = 1,
): Tensor[] {
  const { binding } = backend as TensorFlowBackend;
  const list = Object.entries(attributes).map(([name, attribute]) => {
    const [[kind, value]] = Object.entries(attribute);
    const constant = kind === 'type' ? binding[typeConstants[value]] : value;
    return { name, type: binding[kindConstants[kind]], value: constant };
  });
  return (backend as TensorFlowBackend).executeMultipleOutputs(name, list, inputs, outputs);
}
