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
import { exactConvolution, exactDepthwise, exactPool, forNumericPadding } from './kernels/exactPadding';
import { exactTranspose } from './kernels/exactTranspose';
import { fusedBatchNorm } from './kernels/fusedBatchNorm';
import { gatherRangesOnCpu, gatherRangesOnWasm } from './kernels/gatherRanges';
import { maxPool3d } from './kernels/maxPool3d';
import { maxPool3dGrad, maxPoolGrad } from './kernels/maxPoolGrad';
import { meanByPooling, sumByPooling } from './kernels/reduceByPooling';
import { forHalfPixels, resizeBilinearGrad, resizeNearestNeighborGrad } from './kernels/resizeGradients';
import { samePadding } from './kernels/samePadding';
import { transpose } from './kernels/transpose';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum';
import { batchNormalizationLayer } from './layers/batchNormalization';
import { always, type Replacement, replaceGradient, replaceKernel } from './registry';
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
import { oneDnnMatMul, oneDnnTranspose } from './tensorflow/oneDnn';
import { pointwiseFilterGradient } from './tensorflow/pointwiseFilterGradient';
import { castUnlessSame, reshapeUnlessSame } from './tensorflow/sameTensor';
import { stepBySign } from './tensorflow/step';
import * as webgl from './webgl';
import * as webgpu from './webgpu';

/** Lists what the stock kernels of a backend other than TensorFlow get wrong. */
const exact: Replacement[] = [
  always(replaceKernel(tf.AvgPoolGrad, (stock) => avgPoolGrad(stock!))),
  always(replaceKernel(tf.AvgPool3DGrad, (stock) => avgPool3dGrad(stock!))),
  always(replaceKernel(tf.BatchMatMul, (stock) => repeatBatches(stock!))),
  always(replaceKernel(tf.MaxPool3DGrad, () => maxPool3dGrad)),
];

/** Lists pools and convolutions that cpu and shaders compute wrongly with a numeric padding. */
const exactPadding: Replacement[] = [
  always(replaceKernel(tf.AvgPool, (stock) => exactPool(stock!))),
  always(replaceKernel(tf.MaxPool, (stock) => exactPool(stock!))),
  always(replaceKernel(tf.MaxPoolGrad, (stock) => forNumericPadding(maxPoolGrad)(stock!))),
  always(replaceKernel(tf.Conv2D, (stock) => exactConvolution(stock!))),
  always(replaceKernel(tf.FusedConv2D, (stock) => exactConvolution(stock!))),
  always(replaceKernel(tf.DepthwiseConv2dNative, (stock) => exactDepthwise(stock!))),
  always(replaceKernel(tf.FusedDepthwiseConv2D, (stock) => exactDepthwise(stock!))),
  always(replaceKernel(tf.Conv2DBackpropInput, (stock) => exactTranspose(stock!))),
  always(
    replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, (stock) =>
      forNumericPadding(depthwiseConv2dBackpropInput)(stock!),
    ),
  ),
];

/** Lists the gradients of resizing, where every backend ignores half-pixel centers. */
const exactResizing: Replacement[] = [
  always(replaceKernel(tf.ResizeBilinearGrad, (stock) => forHalfPixels(resizeBilinearGrad)(stock!))),
  always(replaceKernel(tf.ResizeNearestNeighborGrad, (stock) => forHalfPixels(resizeNearestNeighborGrad)(stock!))),
];

/** Lists what runs in fewer launches, or in more invocations, by shaders of this package. */
const shaders = (kernels: typeof webgl | typeof webgpu): Replacement[] => [
  ...exact,
  ...exactPadding,
  ...exactResizing,
  always(replaceKernel(tf.Conv2DBackpropFilter, (stock) => forNumericPadding(conv2dBackpropFilter)(stock!))),
  replaceKernel('BatchNormTraining', () => kernels.batchNormTraining),
  replaceKernel('BatchNormTrainingGrad', () => kernels.batchNormTrainingGrad),
  replaceKernel('ClipByValueGrad', () => kernels.clipByValueGrad),
  replaceKernel(tf.Conv2DBackpropFilter, (stock) => kernels.conv2dBackpropFilter(stock!)),
  replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => kernels.depthwiseConv2dBackpropFilter),
  replaceKernel('InfoNCE', () => kernels.infoNCE),
  replaceKernel('InfoNCEGrad', () => kernels.infoNCEGrad),
  replaceKernel('L2Normalize', () => kernels.l2Normalize),
  replaceKernel('L2NormalizeGrad', () => kernels.l2NormalizeGrad),
  replaceKernel('MovingAverage', () => kernels.movingAverage),
  replaceKernel('ReluGrad', () => kernels.reluGrad),
  replaceKernel('SGDStep', () => kernels.sgdStep),
  batchNormalizationLayer,
  always(replaceGradient(tf.ClipByValue, shaderClipGradient)),
  always(replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient)),
  always(replaceGradient(tf.Relu, shaderReluGradient, keepOutput)),
];

/** What each backend lacks (wasm), does slowly, or computes wrongly. */
export const replacements: Record<string, Replacement[]> = {
  cpu: [
    ...exact,
    ...exactPadding,
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    always(
      replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, (stock) =>
        forNumericPadding(depthwiseConv2dBackpropFilter)(stock!),
      ),
    ),
    replaceKernel('GatherRanges', () => gatherRangesOnCpu),
    always(replaceKernel(tf.ResizeBilinearGrad, () => resizeBilinearGrad)),
    always(replaceKernel(tf.ResizeNearestNeighborGrad, () => resizeNearestNeighborGrad)),
    always(replaceKernel(tf.FusedBatchNorm, (stock) => fusedBatchNorm(stock!))),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
    replaceGradient(tf.Relu, reluGradient, keepOutput),
  ],
  wasm: [
    ...exact,
    ...exactResizing,
    always(replaceKernel(tf.AvgPool, (stock) => exactPool(stock!))),
    replaceKernel(tf.BatchMatMul, (stock) => matMulByShape(stock!)),
    always(replaceKernel(tf.MaxPool, (stock) => exactPool(stock!))),
    always(replaceKernel(tf.Conv2D, (stock) => exactConvolution(samePadding(false)(stock!)))),
    always(replaceKernel(tf.FusedConv2D, (stock) => exactConvolution(samePadding(false)(stock!)))),
    always(replaceKernel(tf.DepthwiseConv2dNative, (stock) => exactDepthwise(samePadding(true)(stock!)))),
    always(replaceKernel(tf.FusedDepthwiseConv2D, (stock) => exactDepthwise(samePadding(true)(stock!)))),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel(tf.Conv2DBackpropInput, () => conv2dBackpropInput),
    always(replaceKernel(tf.Conv3DBackpropFilterV2, () => conv3dBackpropFilter)),
    always(replaceKernel(tf.Conv3DBackpropInputV2, () => conv3dBackpropInput)),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => depthwiseConv2dBackpropFilter),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, () => depthwiseConv2dBackpropInput),
    replaceKernel('GatherRanges', () => gatherRangesOnWasm),
    always(replaceKernel(tf.MaxPoolGrad, () => maxPoolGrad)),
    always(replaceKernel(tf.MaxPool3D, () => maxPool3d)),
    replaceKernel(tf.Mean, (stock) => meanByPooling(stock!)),
    replaceKernel(tf.Sum, (stock) => sumByPooling(stock!)),
    always(replaceKernel(tf.Transpose, (stock) => transpose(stock!))),
    replaceKernel(tf.UnsortedSegmentSum, () => unsortedSegmentSum),
    always(replaceKernel(tf.FusedBatchNorm, (stock) => fusedBatchNorm(stock!))),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
    replaceGradient(tf.Relu, reluGradient, keepOutput),
  ],
  // tfjs-node and tfjs-node-gpu.
  tensorflow: [
    ...exactResizing,
    replaceKernel(tf.BatchMatMul, (stock) => oneDnnMatMul(stock!)),
    replaceKernel('BatchNormTraining', () => batchNormTraining),
    replaceKernel('BatchNormTrainingGrad', () => batchNormTrainingGrad),
    replaceKernel(tf.Conv2D, (stock) => convolution(stock!)),
    replaceKernel(tf.FusedConv2D, (stock) => convolution(stock!)),
    always(replaceKernel(tf.Conv2DBackpropFilter, (stock) => pointwiseFilterGradient(stock!))),
    replaceKernel(tf.Conv2DBackpropFilter, (stock) => convolutionFilterGradient(batchedBackpropFilter(stock!))),
    replaceKernel(tf.Conv2DBackpropInput, (stock) => convolutionInputGradient(batchedBackpropInput(stock!))),
    always(replaceKernel(tf.Cast, (stock) => castUnlessSame(stock!))),
    replaceKernel(tf.ClipByValue, (stock) => clip(stock!)),
    replaceKernel(tf.DepthwiseConv2dNative, (stock) => depthwiseConvolution(stock!)),
    onCpu(replaceKernel('GatherRanges', () => gatherRanges)),
    always(replaceKernel(tf.MaxPool3DGrad, () => maxPool3dGrad)),
    always(replaceKernel(tf.Reshape, (stock) => reshapeUnlessSame(stock!))),
    replaceKernel(tf.Transpose, (stock) => oneDnnTranspose(stock!)),
    replaceKernel(tf.Step, (stock) => stepBySign(stock!)),
    replaceGradient(tf.FusedBatchNorm, tensorflowFusedBatchNormGradient),
    replaceGradient(tf.Relu, tensorflowReluGradient, keepOutput),
  ],
  webgl: shaders(webgl),
  // Its own sum of segments makes no sums of integers, and adds rows of other segments.
  webgpu: [...shaders(webgpu), always(replaceKernel(tf.UnsortedSegmentSum, () => unsortedSegmentSum))],
};
