import * as tf from '@tensorflow/tfjs-core';
import { shaderClipGradient } from './gradients/clipByValue';
import { fusedBatchNormGradient, tensorflowFusedBatchNormGradient } from './gradients/fusedBatchNorm';
import { keepOutput, reluGradient, shaderReluGradient, tensorflowReluGradient } from './gradients/relu';
import { avgPool3dGrad, avgPoolGrad } from './kernels/avgPoolGrad';
import { matMulByShape, repeatBatches } from './kernels/batchMatMul';
import { conv2dBackpropFilter } from './kernels/conv2dBackpropFilter';
import { conv2dBackpropInput } from './kernels/conv2dBackpropInput';
import { conv3dBackpropFilter, conv3dBackpropInput } from './kernels/conv3dGradients';
import { depthwiseConv2dBackpropFilter } from './kernels/depthwiseConv2dBackpropFilter';
import { depthwiseConv2dBackpropInput } from './kernels/depthwiseConv2dBackpropInput';
import { exactConvolution, exactDepthwise, exactPool } from './kernels/exactPadding';
import { exactTranspose } from './kernels/exactTranspose';
import { fusedBatchNorm } from './kernels/fusedBatchNorm';
import { maxPool3d } from './kernels/maxPool3d';
import { maxPool3dGrad, maxPoolGrad } from './kernels/maxPoolGrad';
import { meanByPooling, sumByPooling } from './kernels/reduceByPooling';
import { forHalfPixels, resizeBilinearGrad, resizeNearestNeighborGrad } from './kernels/resizeGradients';
import { samePadding } from './kernels/samePadding';
import { transpose } from './kernels/transpose';
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
import { oneDnnMatMul, oneDnnTranspose } from './tensorflow/oneDnn';
import { pointwiseFilterGradient } from './tensorflow/pointwiseFilterGradient';
import { castUnlessSame, reshapeUnlessSame } from './tensorflow/sameTensor';
import { stepBySign } from './tensorflow/step';
import * as webgl from './webgl';
import * as webgpu from './webgpu';

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

/** What runs in fewer launches, or in more invocations, by shaders of this package. */
const shaders = (kernels: typeof webgl | typeof webgpu): Replacement[] => [
  replaceKernel('BatchNormTraining', () => kernels.batchNormTraining),
  replaceKernel('BatchNormTrainingGrad', () => kernels.batchNormTrainingGrad),
  replaceKernel('ClipByValueGrad', () => kernels.clipByValueGrad),
  replaceKernel(tf.Conv2DBackpropFilter, (stock) => kernels.conv2dBackpropFilter(stock!)),
  replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => kernels.depthwiseConv2dBackpropFilter),
  replaceKernel('L2Normalize', () => kernels.l2Normalize),
  replaceKernel('L2NormalizeGrad', () => kernels.l2NormalizeGrad),
  replaceKernel('MovingAverage', () => kernels.movingAverage),
  replaceKernel('ReluGrad', () => kernels.reluGrad),
  replaceKernel('SGDStep', () => kernels.sgdStep),
  replaceGradient(tf.ClipByValue, shaderClipGradient),
  replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
  replaceGradient(tf.Relu, shaderReluGradient, keepOutput),
];

/** What each backend lacks (wasm), does slowly, or computes wrongly. */
const replacements: Record<string, Replacement[]> = {
  cpu: [
    replaceKernel(tf.AvgPoolGrad, (stock) => avgPoolGrad(stock!)),
    replaceKernel(tf.AvgPool3DGrad, (stock) => avgPool3dGrad(stock!)),
    replaceKernel(tf.AvgPool, (stock) => exactPool(stock!)),
    replaceKernel(tf.BatchMatMul, (stock) => repeatBatches(stock!)),
    replaceKernel(tf.Conv2D, (stock) => exactConvolution(stock!)),
    replaceKernel(tf.FusedConv2D, (stock) => exactConvolution(stock!)),
    replaceKernel(tf.DepthwiseConv2dNative, (stock) => exactDepthwise(stock!)),
    replaceKernel(tf.FusedDepthwiseConv2D, (stock) => exactDepthwise(stock!)),
    replaceKernel(tf.MaxPool, (stock) => exactPool(stock!)),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel(tf.Conv2DBackpropInput, (stock) => exactTranspose(stock!)),
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
    replaceKernel(tf.AvgPool, (stock) => exactPool(stock!)),
    replaceKernel(tf.BatchMatMul, (stock) => matMulByShape(stock!)),
    replaceKernel(tf.MaxPool, (stock) => exactPool(stock!)),
    replaceKernel(tf.Conv2D, (stock) => exactConvolution(samePadding(false)(stock!))),
    replaceKernel(tf.FusedConv2D, (stock) => exactConvolution(samePadding(false)(stock!))),
    replaceKernel(tf.DepthwiseConv2dNative, (stock) => exactDepthwise(samePadding(true)(stock!))),
    replaceKernel(tf.FusedDepthwiseConv2D, (stock) => exactDepthwise(samePadding(true)(stock!))),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel(tf.Conv2DBackpropInput, () => conv2dBackpropInput),
    replaceKernel(tf.Conv3DBackpropFilterV2, () => conv3dBackpropFilter),
    replaceKernel(tf.Conv3DBackpropInputV2, () => conv3dBackpropInput),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => depthwiseConv2dBackpropFilter),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, () => depthwiseConv2dBackpropInput),
    replaceKernel(tf.MaxPoolGrad, () => maxPoolGrad),
    replaceKernel(tf.MaxPool3D, () => maxPool3d),
    replaceKernel(tf.MaxPool3DGrad, () => maxPool3dGrad),
    replaceKernel(tf.Mean, (stock) => meanByPooling(stock!)),
    replaceKernel(tf.ResizeBilinearGrad, (stock) => forHalfPixels(resizeBilinearGrad)(stock!)),
    replaceKernel(tf.ResizeNearestNeighborGrad, (stock) => forHalfPixels(resizeNearestNeighborGrad)(stock!)),
    replaceKernel(tf.Sum, (stock) => sumByPooling(stock!)),
    replaceKernel(tf.Transpose, (stock) => transpose(stock!)),
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
    onCpu(replaceKernel('ConcatRanges', () => concatRanges)),
    replaceKernel(tf.Reshape, (stock) => reshapeUnlessSame(stock!)),
    replaceKernel(tf.ResizeBilinearGrad, (stock) => forHalfPixels(resizeBilinearGrad)(stock!)),
    replaceKernel(tf.ResizeNearestNeighborGrad, (stock) => forHalfPixels(resizeNearestNeighborGrad)(stock!)),
    replaceKernel(tf.Transpose, (stock) => oneDnnTranspose(stock!)),
    replaceKernel(tf.Step, (stock) => stepBySign(stock!)),
    replaceGradient(tf.FusedBatchNorm, tensorflowFusedBatchNormGradient),
    replaceGradient(tf.Relu, tensorflowReluGradient, keepOutput),
  ],
  webgl: shaders(webgl),
  webgpu: shaders(webgpu),
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
