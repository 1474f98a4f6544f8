import * as tf from '@tensorflow/tfjs-core';
import { fusedBatchNormGradient, tensorflowFusedBatchNormGradient } from './gradients/fusedBatchNorm';
import { keepOutput, reluGradient, tensorflowReluGradient } from './gradients/relu';
import { avgPool3dGrad, avgPoolGrad } from './kernels/avgPoolGrad';
import { matMulByShape, repeatBatches } from './kernels/batchMatMul';
import { conv2dBackpropFilter } from './kernels/conv2dBackpropFilter';
import { conv2dBackpropInput } from './kernels/conv2dBackpropInput';
import { conv3dBackpropFilter, conv3dBackpropInput } from './kernels/conv3dGradients';
import { depthwiseConv2dBackpropFilter } from './kernels/depthwiseConv2dBackpropFilter';
import { depthwiseConv2dBackpropInput } from './kernels/depthwiseConv2dBackpropInput';
import { fusedBatchNorm } from './kernels/fusedBatchNorm';
import { gatherRangesOnCpu, gatherRangesOnWasm } from './kernels/gatherRanges';
import { maxPool3d } from './kernels/maxPool3d';
import { maxPool3dGrad, maxPoolGrad } from './kernels/maxPoolGrad';
import { meanByPooling, sumByPooling } from './kernels/reduceByPooling';
import { forHalfPixels, resizeBilinearGrad, resizeNearestNeighborGrad } from './kernels/resizeGradients';
import { samePadding } from './kernels/samePadding';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum';
import { type Replacement, replaceGradient, replaceKernel } from './registry';
import { batchNormTraining, batchNormTrainingGrad } from './tensorflow/batchNormTraining';
import { clip } from './tensorflow/clip';
import {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  depthwiseConvolution,
} from './tensorflow/convolution';
import { batchedBackpropFilter, batchedBackpropInput } from './tensorflow/convolutionGradients';
import { gatherRanges, onCpu } from './tensorflow/gatherRanges';
import { oneDnnMatMul, oneDnnSoftmax, oneDnnTranspose } from './tensorflow/oneDnn';
import { pointwiseFilterGradient } from './tensorflow/pointwiseFilterGradient';
import { castUnlessSame, reshapeUnlessSame } from './tensorflow/sameTensor';
import { stepBySign } from './tensorflow/step';
import { conv2dBackpropFilter as conv2dBackpropFilterOnWebGpu } from './webgpu/conv2dBackpropFilter';

export { type CompileArgs, type Compiled, compiled } from './graph/compiled';
export { type CompiledModel, compileModel } from './graph/compileModel';
export type { GraphReport } from './graph/report';

/** What `accelerate` did. */
export interface Acceleration {
  /** The backend that was current. */
  backend: string;
  /** Names of the kernels and gradients that were replaced or added. */
  replaced: string[];
  /** Puts back exactly what was there before. */
  restore(): void;
}

/** What each backend lacks (wasm), does slowly, or computes wrongly. */
const replacements: Record<string, Replacement[]> = {
  cpu: [
    replaceKernel(tf.AvgPoolGrad, (stock) => avgPoolGrad(stock!)),
    replaceKernel(tf.AvgPool3DGrad, (stock) => avgPool3dGrad(stock!)),
    replaceKernel(tf.BatchMatMul, (stock) => repeatBatches(stock!)),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel('GatherRanges', () => gatherRangesOnCpu),
    replaceKernel(tf.MaxPool3DGrad, () => maxPool3dGrad),
    replaceKernel(tf.ResizeBilinearGrad, () => resizeBilinearGrad),
    replaceKernel(tf.ResizeNearestNeighborGrad, () => resizeNearestNeighborGrad),
    replaceKernel(tf.FusedBatchNorm, (stock) => fusedBatchNorm(stock!)),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
    replaceGradient(tf.Relu, reluGradient, keepOutput),
  ],
  wasm: [
    replaceKernel(tf.AvgPoolGrad, (stock) => avgPoolGrad(stock!)),
    replaceKernel(tf.AvgPool3DGrad, (stock) => avgPool3dGrad(stock!)),
    replaceKernel(tf.BatchMatMul, (stock) => matMulByShape(stock!)),
    replaceKernel(tf.Conv2D, (stock) => samePadding(false)(stock!)),
    replaceKernel(tf.FusedConv2D, (stock) => samePadding(false)(stock!)),
    replaceKernel(tf.DepthwiseConv2dNative, (stock) => samePadding(true)(stock!)),
    replaceKernel(tf.FusedDepthwiseConv2D, (stock) => samePadding(true)(stock!)),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel(tf.Conv2DBackpropInput, () => conv2dBackpropInput),
    replaceKernel(tf.Conv3DBackpropFilterV2, () => conv3dBackpropFilter),
    replaceKernel(tf.Conv3DBackpropInputV2, () => conv3dBackpropInput),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => depthwiseConv2dBackpropFilter),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, () => depthwiseConv2dBackpropInput),
    replaceKernel('GatherRanges', () => gatherRangesOnWasm),
    replaceKernel(tf.MaxPoolGrad, () => maxPoolGrad),
    replaceKernel(tf.MaxPool3D, () => maxPool3d),
    replaceKernel(tf.MaxPool3DGrad, () => maxPool3dGrad),
    replaceKernel(tf.Mean, (stock) => meanByPooling(stock!)),
    replaceKernel(tf.ResizeBilinearGrad, (stock) => forHalfPixels(resizeBilinearGrad)(stock!)),
    replaceKernel(tf.ResizeNearestNeighborGrad, (stock) => forHalfPixels(resizeNearestNeighborGrad)(stock!)),
    replaceKernel(tf.Sum, (stock) => sumByPooling(stock!)),
    replaceKernel(tf.UnsortedSegmentSum, () => unsortedSegmentSum),
    replaceKernel(tf.FusedBatchNorm, (stock) => fusedBatchNorm(stock!)),
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
    replaceKernel(tf.Conv2DBackpropFilter, (stock) =>
      pointwiseFilterGradient(convolutionFilterGradient(batchedBackpropFilter(stock!))),
    ),
    replaceKernel(tf.Conv2DBackpropInput, (stock) => convolutionInputGradient(batchedBackpropInput(stock!))),
    replaceKernel(tf.Cast, (stock) => castUnlessSame(stock!)),
    replaceKernel(tf.ClipByValue, (stock) => clip(stock!)),
    replaceKernel(tf.DepthwiseConv2dNative, (stock) => depthwiseConvolution(stock!)),
    onCpu(replaceKernel('GatherRanges', () => gatherRanges)),
    replaceKernel(tf.Reshape, (stock) => reshapeUnlessSame(stock!)),
    replaceKernel(tf.ResizeBilinearGrad, (stock) => forHalfPixels(resizeBilinearGrad)(stock!)),
    replaceKernel(tf.ResizeNearestNeighborGrad, (stock) => forHalfPixels(resizeNearestNeighborGrad)(stock!)),
    replaceKernel(tf.Softmax, (stock) => oneDnnSoftmax(stock!)),
    replaceKernel(tf.Transpose, (stock) => oneDnnTranspose(stock!)),
    replaceKernel(tf.Step, (stock) => stepBySign(stock!)),
    replaceGradient(tf.FusedBatchNorm, tensorflowFusedBatchNormGradient),
    replaceGradient(tf.Relu, tensorflowReluGradient, keepOutput),
  ],
  webgl: [replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient)],
  webgpu: [
    replaceKernel(tf.Conv2DBackpropFilter, (stock) => conv2dBackpropFilterOnWebGpu(stock!)),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
  ],
};

const active = new Map<string, Acceleration>();

/**
 * Gives the current backend the training kernels that it lacks, does slowly or computes wrongly; other results stay the
 * same up to float32 rounding. A second call changes nothing more and resolves to the same; a backend for which there
 * is nothing to do is left alone (`replaced` is empty).
 */
export async function accelerate(): Promise<Acceleration> {
  await tf.ready();
  const backend = tf.getBackend();
  const before = active.get(backend);
  if (before) return before;

  const installed = (replacements[backend] ?? []).flatMap(({ name, install }) => {
    const undo = install(backend);
    return undo ? [{ name, undo }] : [];
  });
  const acceleration: Acceleration = {
    backend,
    replaced: [...new Set(installed.map(({ name }) => name))],
    restore() {
      if (active.get(backend) !== acceleration) return;
      active.delete(backend);
      for (const { undo } of installed) undo();
    },
  };
  active.set(backend, acceleration);
  return acceleration;
}
