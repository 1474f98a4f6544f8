/** Reads from a thread and never closes it: one batch (`leave`), or batches without end (`stay`). */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { twoViews } from 'tfjs-nonsemantic-negatives';
import { workerDataset } from 'tfjs-nonsemantic-negatives/node';

const images = tf.zeros([8, 4, 4, 3]) as tf.Tensor4D;
const dataset = await workerDataset(images, [twoViews()], { batchSize: 2 });
do {
  const iterator = await dataset.iterator();
  tf.dispose((await iterator.next()).value);
  console.log('a batch');
} while (process.argv[2] === 'stay');
