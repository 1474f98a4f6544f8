import * as tf from '@tensorflow/tfjs-core';
import { custom, optional, readOptions } from '../support/options';
import { type Acceleration, installOnce } from './acceleration';
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
import { maxPool3d } from './kernels/maxPool3d';
import { maxPool3dGrad, maxPoolGrad } from './kernels/maxPoolGrad';
import { meanByPooling, sumByPooling } from './kernels/reduceByPooling';
import { forHalfPixels, resizeBilinearGrad, resizeNearestNeighborGrad } from './kernels/resizeGradients';
import { samePadding } from './kernels/samePadding';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum';
import { always, type Replacement, replaceGradient, replaceKernel } from './registry';
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
import { pointwiseFilterGradient } from './tensorflow/pointwiseFilterGradient';
import { castUnlessSame, reshapeUnlessSame } from './tensorflow/sameTensor';
import { stepBySign } from './tensorflow/step';
import { checkChoices, type KernelChoices } from './tuning/choices';
import { checkTuneArgs, type TuneArgs, type Tuning, tune } from './tuning/tune';
import { conv2dBackpropFilter as conv2dBackpropFilterOnWebGpu } from './webgpu/conv2dBackpropFilter';

export type { Acceleration } from './acceleration';
export { type CompileArgs, type Compiled, compiled } from './graph/compiled';
export { type CompiledModel, compileModel } from './graph/compileModel';
export type { GraphReport } from './graph/report';
export type { Way } from './tuning/call';
export type { KernelChoices } from './tuning/choices';
export type { Timing } from './tuning/measure';
export type { KernelTiming, TuneArgs, Tuning } from './tuning/tune';
export type { TuningBatch } from './tuning/tuningBatch';

/** What each backend lacks (wasm), does slowly, or computes wrongly. */
const replacements: Record<string, Replacement[]> = {
  cpu: [
    always(replaceKernel(tf.AvgPoolGrad, (stock) => avgPoolGrad(stock!))),
    always(replaceKernel(tf.AvgPool3DGrad, (stock) => avgPool3dGrad(stock!))),
    always(replaceKernel(tf.BatchMatMul, (stock) => repeatBatches(stock!))),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    always(replaceKernel(tf.MaxPool3DGrad, () => maxPool3dGrad)),
    always(replaceKernel(tf.ResizeBilinearGrad, () => resizeBilinearGrad)),
    always(replaceKernel(tf.ResizeNearestNeighborGrad, () => resizeNearestNeighborGrad)),
    always(replaceKernel(tf.FusedBatchNorm, (stock) => fusedBatchNorm(stock!))),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
    replaceGradient(tf.Relu, reluGradient, keepOutput),
  ],
  wasm: [
    always(replaceKernel(tf.AvgPoolGrad, (stock) => avgPoolGrad(stock!))),
    always(replaceKernel(tf.AvgPool3DGrad, (stock) => avgPool3dGrad(stock!))),
    always(replaceKernel(tf.BatchMatMul, (stock) => repeatBatches(stock!))),
    replaceKernel(tf.BatchMatMul, (stock) => matMulByShape(stock!)),
    always(replaceKernel(tf.Conv2D, (stock) => samePadding(false)(stock!))),
    always(replaceKernel(tf.FusedConv2D, (stock) => samePadding(false)(stock!))),
    always(replaceKernel(tf.DepthwiseConv2dNative, (stock) => samePadding(true)(stock!))),
    always(replaceKernel(tf.FusedDepthwiseConv2D, (stock) => samePadding(true)(stock!))),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2dBackpropFilter),
    replaceKernel(tf.Conv2DBackpropInput, () => conv2dBackpropInput),
    always(replaceKernel(tf.Conv3DBackpropFilterV2, () => conv3dBackpropFilter)),
    always(replaceKernel(tf.Conv3DBackpropInputV2, () => conv3dBackpropInput)),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, () => depthwiseConv2dBackpropFilter),
    replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, () => depthwiseConv2dBackpropInput),
    always(replaceKernel(tf.MaxPoolGrad, () => maxPoolGrad)),
    always(replaceKernel(tf.MaxPool3D, () => maxPool3d)),
    always(replaceKernel(tf.MaxPool3DGrad, () => maxPool3dGrad)),
    replaceKernel(tf.Mean, (stock) => meanByPooling(stock!)),
    always(replaceKernel(tf.ResizeBilinearGrad, (stock) => forHalfPixels(resizeBilinearGrad)(stock!))),
    always(replaceKernel(tf.ResizeNearestNeighborGrad, (stock) => forHalfPixels(resizeNearestNeighborGrad)(stock!))),
    replaceKernel(tf.Sum, (stock) => sumByPooling(stock!)),
    replaceKernel(tf.UnsortedSegmentSum, () => unsortedSegmentSum),
    always(replaceKernel(tf.FusedBatchNorm, (stock) => fusedBatchNorm(stock!))),
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
    always(replaceKernel(tf.Conv2DBackpropFilter, (stock) => pointwiseFilterGradient(stock!))),
    replaceKernel(tf.Conv2DBackpropFilter, (stock) => convolutionFilterGradient(batchedBackpropFilter(stock!))),
    replaceKernel(tf.Conv2DBackpropInput, (stock) => convolutionInputGradient(batchedBackpropInput(stock!))),
    always(replaceKernel(tf.Cast, (stock) => castUnlessSame(stock!))),
    replaceKernel(tf.ClipByValue, (stock) => clip(stock!)),
    replaceKernel(tf.DepthwiseConv2dNative, (stock) => depthwiseConvolution(stock!)),
    onCpu(replaceKernel('ConcatRanges', () => concatRanges)),
    always(replaceKernel(tf.Reshape, (stock) => reshapeUnlessSame(stock!))),
    always(replaceKernel(tf.ResizeBilinearGrad, (stock) => forHalfPixels(resizeBilinearGrad)(stock!))),
    always(replaceKernel(tf.ResizeNearestNeighborGrad, (stock) => forHalfPixels(resizeNearestNeighborGrad)(stock!))),
    replaceKernel(tf.Softmax, (stock) => oneDnnSoftmax(stock!)),
    replaceKernel(tf.Transpose, (stock) => oneDnnTranspose(stock!)),
    replaceKernel(tf.Step, (stock) => stepBySign(stock!)),
    replaceGradient(tf.FusedBatchNorm, tensorflowFusedBatchNormGradient),
    replaceGradient(tf.Relu, tensorflowReluGradient, keepOutput),
  ],
  webgl: [always(replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient))],
  webgpu: [
    replaceKernel(tf.Conv2DBackpropFilter, (stock) => conv2dBackpropFilterOnWebGpu(stock!)),
    replaceGradient(tf.FusedBatchNorm, fusedBatchNormGradient),
  ],
};

/** What `accelerate` may be asked for. */
export interface AccelerateArgs {
  /** Times TensorFlow.js's kernels beside this package's on this device, and keeps the faster for each shape. */
  tune?: TuneArgs;
  /** Choices that were saved: the `choices` of a tuning on this device. */
  choices?: KernelChoices;
}

/**
 * Accelerates the current backend, and times it on this device: runs a model's training step once, without updating the
 * model, and then each kernel of it that was replaced, in both ways. Each shape keeps the faster one. A kernel of
 * TensorFlow.js that computes wrongly is never kept. It takes seconds, and up to half the memory of a step more than
 * training does.
 *
 * ```ts
 * const { tuning } = await accelerate({ tune: { model, batch: 64 } });
 * console.log(tuning.description);
 * const saved = JSON.stringify(tuning.choices);
 * // Another time, without measuring:
 * await accelerate({ choices: JSON.parse(saved) });
 * ```
 *
 * @throws ArgumentError for a model that is not compiled, a batch that does not fit it, and choices of another backend.
 */
export function accelerate(args: AccelerateArgs & { tune: TuneArgs }): Promise<Acceleration & { tuning: Tuning }>;
/**
 * Gives the current backend the training kernels that it lacks, does slowly or computes wrongly; other results stay the
 * same up to float32 rounding. A second call changes nothing more and resolves to the same; a backend for which there
 * is nothing to do is left alone (`replaced` is empty).
 *
 * @throws ArgumentError for choices of another backend.
 */
export function accelerate(args?: AccelerateArgs): Promise<Acceleration>;
export async function accelerate(args: AccelerateArgs = {}): Promise<Acceleration & { tuning?: Tuning }> {
  await tf.ready();
  const backend = tf.getBackend();
  const options = readOptions('accelerate', args, {
    tune: optional(custom(checkTuneArgs)),
    choices: optional(custom((_, value) => checkChoices(value as KernelChoices, backend))),
  });
  const { acceleration, ways } = installOnce(backend, replacements[backend] ?? []);
  for (const [call, way] of Object.entries(options.choices?.calls ?? {})) ways.choices.set(call, way);
  return options.tune ? { ...acceleration, tuning: await tune(backend, ways, options.tune) } : acceleration;
}
