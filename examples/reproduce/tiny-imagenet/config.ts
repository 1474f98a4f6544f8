import { type Config, config as cifar, quick as cifarQuick } from '../cifar10/config';

/** Three seeds of each; hours on two cores. */
export const arms = ['moco', 'patch-2', 'texture-2'];

/** 100 classes of Tiny-ImageNet at 32 pixels, 50,000 images, and a residual encoder. */
export const config: Config = {
  ...cifar,
  imagesPerClass: 500,
  epochs: 6,
  queueSize: 8192,
  encoder: 'residual',
  stemStrides: 2,
  evaluation: { ...cifar.evaluation, perClass: 20 },
};

/** All stages on a few images, to see that they run. */
export const quick: Config = {
  ...config,
  seeds: [1],
  imagesPerClass: 6,
  epochs: 1,
  batchSize: cifarQuick.batchSize,
  queueSize: 256,
  filters: [8, 16, 32, 64],
  evaluation: { ...config.evaluation, epochs: 2, perClass: 2 },
};
