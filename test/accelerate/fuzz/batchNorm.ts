import * as tf from '@tensorflow/tfjs-core';
import { sampleShape } from './reductions';
import { between, oneOf, type Subject, sampleValues, type Values, volume, withGradients, write } from './subject';

/**
 * Batch normalization with given statistics, along the last axis or another one, and all its gradients. Offset or scale
 * may be left out; without a scale tfjs has no gradient.
 */
export const batchNorm: Subject = {
  name: 'batch normalization',
  sample(random) {
    const shape = sampleShape(random, 4, 6, 2);
    if (random() < 0.3) shape[shape.length - 1] = between(random, 7, 70);
    const axis = random() < 0.7 ? shape.length - 1 : between(random, 0, shape.length - 1);
    // The layer hands statistics along another axis down with all axes, those along the last one with that alone.
    const isLast = axis === shape.length - 1;
    const channels = shape[axis];
    const parameterShape = isLast ? [channels] : shape.map((size, each) => (each === axis ? size : 1));
    const epsilon = oneOf(random, [1e-3, 1e-5, 1e-2]);
    const spread = oneOf(random, [1, 1, 1e-4, 1e4]);
    const [x, dy] = [sampleValues(random, shape), sampleValues(random, shape)];
    const [mean, variance, offset, scale] = [0, 1, 2, 3].map(() => sampleValues(random, parameterShape));
    variance.values = variance.values.map((value) => spread * (Math.abs(value) + 0.05));
    const given = random() < 0.8 ? 'both' : oneOf(random, ['scale', 'offset', 'neither']);
    const [hasScale, hasOffset] = [given === 'both' || given === 'scale', given === 'both' || given === 'offset'];
    const inputs: Values[] = [x, mean, variance, ...(hasOffset ? [offset] : []), ...(hasScale ? [scale] : [])];
    const f = (x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, ...rest: tf.Tensor[]) => {
      const [offset, scale] = hasOffset ? rest : [undefined, ...rest];
      return tf.batchNorm(...([x, mean, variance, offset, scale, epsilon] as Parameters<typeof tf.batchNorm>));
    };
    return {
      title: write({ shape, axis, epsilon, spread, given }),
      run: () => withGradients(f as () => tf.Tensor, inputs, dy),
      expected() {
        const [y, dx] = [new Float64Array(x.values.length), new Float64Array(x.values.length)];
        const [dMean, dVariance, dOffset, dScale] = [0, 1, 2, 3].map(() => new Float64Array(channels));
        const after = volume(shape.slice(axis + 1));
        x.values.forEach((value, i) => {
          const c = Math.floor(i / after) % channels;
          const r = 1 / Math.sqrt(variance.values[c] + epsilon);
          const factor = r * (hasScale ? scale.values[c] : 1);
          const [centered, slope] = [value - mean.values[c], dy.values[i]];
          y[i] = centered * factor + (hasOffset ? offset.values[c] : 0);
          dx[i] = slope * factor;
          dMean[c] -= slope * factor;
          dVariance[c] -= (slope * centered * factor * r ** 2) / 2;
          dOffset[c] += slope;
          dScale[c] += slope * centered * r;
        });
        return [y, dx, dMean, dVariance, ...(hasOffset ? [dOffset] : []), ...(hasScale ? [dScale] : [])];
      },
    };
  },
};
