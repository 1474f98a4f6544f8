import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import { backend, scalar, tidy } from '@tensorflow/tfjs-core';
import type { Replacement } from '../registry';
import { runOperation, type TensorFlowBackend } from './operation';

/**
 * The integers of many ranges, one after the other; the kernel by which patch negatives number their pixels:
 *
 *     ConcatRanges {starts, limits} -> [starts[0], starts[0] + 1, …, limits[0] - 1, starts[1], …]
 *
 * TensorFlow has it on a CPU alone.
 */
export const concatRanges: KernelFunc = ({ inputs, backend }) => {
  const { starts, limits } = inputs as Record<string, Tensor>;
  const attributes = { T: { type: 'int32' }, Tsplits: { type: 'int32' } };
  return tidy(() => runOperation(backend, 'RaggedRange', [starts, limits, scalar(1, 'int32')], attributes, 2)[1]);
};

/** Leaves out a kernel that a GPU does not have. */
export const onCpu = ({ name, install }: Replacement): Replacement => ({
  name,
  install: (backendName) =>
    (backend() as unknown as TensorFlowBackend).isUsingGpuDevice ? undefined : install(backendName),
});
