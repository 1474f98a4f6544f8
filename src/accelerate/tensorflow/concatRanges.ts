import { backend, scalar } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import type { Replacement } from '../registry';
import { runOperation, type TensorFlowBackend } from './operation';

/** The integers of many ranges, by which patch negatives find their pixels; TensorFlow has it on a CPU only. */
export const concatRanges = customKernel('ConcatRanges', ({ starts, limits }, _attributes, backend) => {
  const attributes = { T: { type: 'int32' }, Tsplits: { type: 'int32' } };
  return runOperation(backend, 'RaggedRange', [starts, limits, scalar(1, 'int32')], attributes, 2)[1];
});

/** Leaves out a kernel that a GPU does not have. */
export const onCpu = ({ name, install }: Replacement): Replacement => ({
  name,
  install: (...args) => ((backend() as unknown as TensorFlowBackend).isUsingGpuDevice ? undefined : install(...args)),
});
