import type { DataId, Tensor, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';

/** What is used of the cpu backend. */
interface CpuBackend {
  data: { get(dataId: DataId): { values: TypedArray } };
  makeTensorInfo(shape: number[], dtype: string, values: TypedArray): TensorInfo;
}

/** What is used of the wasm backend. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): TypedArray;
}

/** Copies range by range, where tensors are plain arrays. */
export const gatherRangesOnCpu = customKernel('GatherRanges', ({ x }, { starts, limits }, backend) => {
  const { data, makeTensorInfo } = backend as CpuBackend;
  const shape = shapeOf(x, starts, limits);
  const values = new (x.dtype === 'int32' ? Int32Array : Float32Array)(shape[0] * shape[1]);
  copyRanges(data.get(x.dataId).values, values, shape[1], starts, limits);
  return makeTensorInfo.call(backend, shape, x.dtype, values) as Tensor;
});

/** Copies range by range within wasm's memory. */
export const gatherRangesOnWasm = customKernel('GatherRanges', ({ x }, { starts, limits }, backend) => {
  const wasm = backend as WasmBackend;
  const shape = shapeOf(x, starts, limits);
  const y = wasm.makeOutput(shape, x.dtype);
  // Views of the memory only now: it grows, and moves, with the output.
  copyRanges(wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(y), shape[1], starts, limits);
  return y as Tensor;
});

function shapeOf({ shape: [, columns] }: TensorInfo, starts: Int32Array, limits: Int32Array): [number, number] {
  return [starts.reduce((rows, start, i) => rows + limits[i] - start, 0), columns];
}

function copyRanges(from: TypedArray, to: TypedArray, columns: number, starts: Int32Array, limits: Int32Array): void {
  let place = 0;
  for (let i = 0; i < starts.length; i++) {
    const range = from.subarray(starts[i] * columns, limits[i] * columns);
    to.set(range, place);
    place += range.length;
  }
}
