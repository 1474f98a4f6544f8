import { backend, gatherND, reshape, scalar, tensor1d } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import type { Replacement } from '../registry';
import { runOperation, type TensorFlowBackend } from './operation';

/** Gathers by the integers of all ranges, which one operation writes; TensorFlow has it on a CPU only. */
export const gatherRanges = customKernel('GatherRanges', ({ x }, { starts, limits }, backend) => {
  const attributes = { T: { type: 'int32' }, Tsplits: { type: 'int32' } };
  const bounds = [tensor1d(starts), tensor1d(limits), scalar(1, 'int32')];
  const [, indices] = runOperation(backend, 'RaggedRange', bounds, attributes, 2);
  return gatherND(x, reshape(indices, [-1, 1]));
});

/** Leaves out a kernel that a GPU does not have. */
export const onCpu = ({ name, install }: Replacement): Replacement => ({
  name,
  install: (...args) => ((backend() as unknown as TensorFlowBackend).isUsingGpuDevice ? undefined : install(...args)),
});
