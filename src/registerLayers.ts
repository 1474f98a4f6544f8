import * as tf from '@tensorflow/tfjs-core';
import { BatchNormalization } from './layers/batchNormalization';
import { BatchSimilarities } from './layers/batchSimilarities';
import { Byol } from './layers/byol';
import { registerMetric } from './layers/compile';
import { MemoryQueue } from './layers/memoryQueue';
import { MomentumEncoder } from './layers/momentumEncoder';
import { contrastiveAccuracy, keySimilarity, negativeSimilarity, queueSimilarity } from './losses/metrics';
import { SGD } from './training/sgd';

/**
 * Makes every layer, metric and optimizer of this package known to TensorFlow.js, so that `tf.loadLayersModel` can load
 * a model that holds them.
 *
 * A page that only loads a model calls it: a bundler leaves out what a page does not use. In Node and in a `<script>`
 * the import itself has done it; a layer or optimizer that is made registers itself.
 */
export const registerLayers: () => void = /* @__PURE__ */ register();

// The value of a call that bundlers may drop: unbundled, the import calls it.
function register(): () => void {
  const classes = [BatchNormalization, BatchSimilarities, Byol, MemoryQueue, MomentumEncoder, SGD];
  for (const type of classes) tf.serialization.registerClass(type as never);
  for (const metric of [contrastiveAccuracy, keySimilarity, negativeSimilarity, queueSimilarity])
    registerMetric(metric.name, metric);
  return register;
}
