import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';

/**
 * Sums the rows of x that share a segment: y[s] = sum of x[i] over all i with segmentIds[i] = s. It is the gradient of
 * `tf.gather`, and a scatter, which adds up what falls on the same place.
 *
 * As the cpu backend does, it drops rows whose segment is outside 0 … numSegments - 1: they go to a first and a last
 * bin that are cut off, because the scatter itself would write out of bounds.
 */
export const unsortedSegmentSum = composeKernel<{ x: tf.Tensor; segmentIds: tf.Tensor }, tf.UnsortedSegmentSumAttrs>(
  ({ x, segmentIds }, { numSegments }) => [numSegments, ...x.shape.slice(segmentIds.rank)],
  ({ x, segmentIds }, { numSegments }) => {
    const rowShape = x.shape.slice(segmentIds.rank);
    const int = (value: number) => tf.scalar(value, 'int32');
    const bins = tf.add(tf.minimum(tf.maximum(segmentIds, int(-1)), int(numSegments)), int(1));
    const rows = tf.reshape(x, [segmentIds.size, -1]);
    const sums = tf.scatterND(tf.reshape(bins, [-1, 1]), rows, [numSegments + 2, rows.shape[1]!]);
    return tf.reshape(tf.slice(sums, [1, 0], [numSegments, -1]), [numSegments, ...rowShape]);
  },
);
