import * as tf from '@tensorflow/tfjs-core';
import { mocoV2Augmentation, patchNegative, textureNegative, twoViews } from 'tfjs-nonsemantic-negatives';
import { type StepOptions, trainingStep } from './trainingStep';

/** Something to be timed on a device. */
export interface GpuWork {
  name: string;
  /** Images of one run. */
  images: number;
  /** Prepares it for kernels as shipped, or accelerated. */
  start(accelerated: boolean): Running;
}

export interface Running {
  /** Runs once, without reading anything. */
  run(): void;
  /** Runs once and reads a value of the result: all runs before it are done then. */
  finish(): void;
  dispose(): void;
}

const step = (encoder: StepOptions['encoder'], size: number, batch: number, queue = 16384): GpuWork => ({
  name: `step, ${encoder}, ${size} px, batch ${batch}`,
  images: batch,
  start: (accelerated) => {
    const { step, finish, dispose } = trainingStep({ encoder, size, batch, queue, negatives: 1, accelerated });
    return { run: step, finish, dispose };
  },
});

type Transform = (images: tf.Tensor4D) => { xs: { [name: string]: tf.Tensor } };

const transform = (name: string, size: number, batch: number, makeTransform: () => unknown): GpuWork => ({
  name: `${name}, ${size} px, batch ${batch}`,
  images: batch,
  start: () => {
    const images = tf.cast(tf.randomUniform([batch, size, size, 3], 0, 256, 'float32', 1), 'int32') as tf.Tensor4D;
    const transform = makeTransform() as Transform;
    return {
      run: () => tf.tidy(() => void transform(images)),
      finish: () => tf.tidy(() => tf.sum(Object.values(transform(images).xs).at(-1)!).dataSync()),
      dispose: () => images.dispose(),
    };
  },
});

const transforms = (size: number, batch: number, textures: number): GpuWork[] => [
  transform('two views', size, batch, () => twoViews({ augmentation: mocoV2Augmentation({ size }) })),
  transform('patches', size, batch, () => patchNegative()),
  transform('textures', size, textures, () => textureNegative()),
];

export const onGpu: GpuWork[] = [
  step('conv', 32, 256),
  step('resnet18', 64, 128),
  step('resnet50', 224, 32),
  ...transforms(224, 64, 8),
];

/** What shows in minutes that all of it works, where a CPU computes. */
export const inSoftware: GpuWork[] = [step('conv', 16, 4, 64), ...transforms(16, 4, 1)];
