import * as tf from '@tensorflow/tfjs-core';
import { fusedBatchNormGradient, tensorflowFusedBatchNormGradient } from './gradients/fusedBatchNorm';
import { keepOutput, reluGradient, tensorflowReluGradient } from './gradients/relu';
import { matMulByShape } from './kernels/batchMatMul';
import { conv2dBackpropFilter } from './kernels/conv2dBackpropFilter';
import { conv2dBackpropInput } from './kernels/conv2dBackpropInput';
import { depthwiseConv2dBackpropFilter } from './kernels/depthwiseConv2dBackpropFilter';
import { depthwiseConv2dBackpropInput } from './kernels/depthwiseConv2dBackpropInput';
import { meanByPooling, sumByPooling } from './kernels/reduceByPooling';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum';
import { type Replacement, replaceGradient, replaceKernel } from './registry';
import { batchNormTraining, batchNormTrainingGrad } from './tensorflow/batchNormTraining';
import { clip } from './tensorflow/clip';
import { concatRanges, onCpu } from './tensorflow/concatRanges';
import {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  depthwiseConvolution,
} from './tensorflow/convolution';
import { batchedBackpropFilter, batchedBackpropInput } from './tensorflow/convolutionGradients';
import { oneDnnMatMul, oneDnnSoftmax, oneDnnTranspose } from './tensorflow/oneDnn';
import { castUnlessSame, reshapeUnlessSame } from './tensorflow/sameTensor';
import { stepBySign } from './tensorflow/step';

export { type CompileArgs, type Compiled, compiled } from './graph/compiled';
export { type CompiledModel, compileModel } from './graph/compileModel';
export type { GraphReport } from './graph/report';

/** What `accelerate` did. */
export interface Acceleration {
  /** The backend that was current. */
  backend: string;
  /** Names of the kernels and gradients that it now has another implementation of, or one at all. */
  replaced: string[];
  /** Puts back exactly what was there before. */
  restore(): void;
}

/** What each backend lacks (wasm), or does slowly. */
const replacements: Record<string, Replacement[]> = {
  cpu: [
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
    replaceGradient(tf.Relu, reluGradient, keepOutput),
  ],
  wasm: [
    replaceKernel(tf.BatchMatMul, (stock) => matMulByShape(stock!)),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel(tf.Conv2DBackpropInput, () => conv2dBackpropInput),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => depthwiseConv2dBackpropFilter),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, () => depthwiseConv2dBackpropInput),
    replaceKernel(tf.Mean, (stock) => meanByPooling(stock!)),
    replaceKernel(tf.Sum, (stock) => sumByPooling(stock!)),
    replaceKernel(tf.UnsortedSegmentSum, () => unsortedSegmentSum),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
    replaceGradient(tf.Relu, reluGradient, keepOutput),
  ],
  // tfjs-node and tfjs-node-gpu.
  tensorflow: [
    replaceKernel(tf.BatchMatMul, (stock) => oneDnnMatMul(stock!)),
    replaceKernel('BatchNormTraining', () => batchNormTraining),
    replaceKernel('BatchNormTrainingGrad', () => batchNormTrainingGrad),
    replaceKernel(tf.Conv2D, (stock) => convolution(stock!)),
    replaceKernel(tf.FusedConv2D, (stock) => convolution(stock!)),
    replaceKernel(tf.Conv2DBackpropFilter, (stock) => convolutionFilterGradient(batchedBackpropFilter(stock!))),
    replaceKernel(tf.Conv2DBackpropInput, (stock) => convolutionInputGradient(batchedBackpropInput(stock!))),
    replaceKernel(tf.Cast, (stock) => castUnlessSame(stock!)),
    replaceKernel(tf.ClipByValue, (stock) => clip(stock!)),
    replaceKernel(tf.DepthwiseConv2dNative, (stock) => depthwiseConvolution(stock!)),
    onCpu(replaceKernel('ConcatRanges', () => concatRanges)),
    replaceKernel(tf.Reshape, (stock) => reshapeUnlessSame(stock!)),
    replaceKernel(tf.Softmax, (stock) => oneDnnSoftmax(stock!)),
    replaceKernel(tf.Transpose, (stock) => oneDnnTranspose(stock!)),
    replaceKernel(tf.Step, (stock) => stepBySign(stock!)),
    replaceGradient(tf.FusedBatchNorm, tensorflowFusedBatchNormGradient),
    replaceGradient(tf.Relu, tensorflowReluGradient, keepOutput),
  ],
};

const active = new Map<string, Acceleration>();

/**
 * Gives the current backend the training kernels that it lacks or does slowly; results stay the same up to float32
 * rounding. A second call changes nothing more and resolves to the same; a backend for which there is nothing to do is
 * left alone (`replaced` is empty).
 */
export async function accelerate(): Promise<Acceleration> {
  await tf.ready();
  const backend = tf.getBackend();
  const before = active.get(backend);
  if (before) return before;

  const undo = new Map<string, () => void>();
  for (const { name, install } of replacements[backend] ?? []) {
    const wayBack = install(backend);
    if (wayBack) undo.set(name, wayBack);
  }
  const acceleration: Acceleration = {
    backend,
    replaced: [...undo.keys()],
    restore() {
      if (active.get(backend) !== acceleration) return;
      active.delete(backend);
      for (const wayBack of undo.values()) wayBack();
    },
  };
  active.set(backend, acceleration);
  return acceleration;
}
