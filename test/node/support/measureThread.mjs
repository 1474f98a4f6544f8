import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
let calls = 0;

/** A transform for a thread: labels each batch with what is alive there: tensors, handles, and bytes of heap and buffers. */
export default ({ xs }) => {
  if (++calls % 1000 === 0) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  return { xs, ys: tf.tensor([tf.memory().numTensors, handles, heapUsed, arrayBuffers]) };
};
