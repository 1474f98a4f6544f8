import {
  backend as currentBackend,
  type KernelFunc,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { runOperation, type TensorFlowBackend } from './operation';

/*
 * On x86, TensorFlow comes with the kernels of oneDNN, but takes few of them for single operations, which is all that
 * tfjs runs. They can be called by their own names.
 */

/** Runs oneDNN's kernel of an operation on float32, such as `BatchMatMulV2`. */
export const runOneDnn: typeof runOperation = (backend, name, inputs, attributes, outputs) => {
  const all = { _kernel: { string: 'MklNameChangeOp' }, T: { type: 'float32' }, ...attributes };
  return runOperation(backend, `_Mkl${name}`, inputs, all, outputs);
};

const known = new WeakMap<object, boolean>();

/** Tells whether the current backend is TensorFlow on a CPU, with oneDNN. */
export function hasOneDnn(): boolean {
  const backend = currentBackend() as unknown as TensorFlowBackend;
  const has = known.get(backend) ?? (!backend.isUsingGpuDevice && canMultiply(backend));
  known.set(backend, has);
  return has;
}

/** Reads one number, once for a backend on the host's memory. */
function canMultiply(backend: object): boolean {
  return tidy(() => {
    try {
      return multiply(backend, tensor2d([[3]]), tensor2d([[2]]), false, false).dataSync()[0] === 6;
    } catch {
      return false; // Other processors.
    }
  });
}

const multiply = (backend: object, a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean) =>
  runOneDnn(backend, 'BatchMatMulV2', [a, b], { adj_x: { bool: transposeA }, adj_y: { bool: transposeB } })[0];

/**
 * Multiplies two matrices: queries with a queue of 16,384 rows take 16 ms in place of 21. Batches of matrices are
 * left alone: oneDNN rounds a product otherwise in another batch, and an image has to be the same in any.
 */
export function oneDnnMatMul(stock: KernelFunc): KernelFunc {
  if (!hasOneDnn()) return stock;
  return (call) => {
    const { a, b } = call.inputs as { a: Tensor; b: Tensor };
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const isMatrix = ({ shape, dtype, size }: Tensor) =>
      dtype === 'float32' && size > 0 && shape.slice(0, -2).every((n) => n === 1);
    return isMatrix(a) && isMatrix(b) ? multiply(call.backend, a, b, transposeA, transposeB) : stock(call);
  };
}

/** Transposes in half the time. */
export function oneDnnTranspose(stock: KernelFunc): KernelFunc {
  if (!hasOneDnn()) return stock;
  return (call) => {
    const { x } = call.inputs as { x: Tensor };
    const { perm } = call.attrs as unknown as { perm: number[] };
    if (x.dtype !== 'float32' || x.size === 0 || x.rank < 2) return stock(call);
    return tidy(
      () => runOneDnn(call.backend, 'Transpose', [x, tensor1d(perm, 'int32')], { Tperm: { type: 'int32' } })[0],
    );
  };
}
