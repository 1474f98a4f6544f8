import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { countKernels, maxDifference, waves } from '../support/tensors';

declare const BACKEND: string;

/** Whether `accelerate()` has tfjs's own layer train by fused kernels. */
const isFused = ['webgl', 'webgpu'].includes(BACKEND);

beforeAll(accelerate);

/** What a layer makes of a batch, in training or not, with all weights afterwards; and the kernels it takes. */
function outcome(axis: number, training: boolean) {
  return tf.tidy(() => {
    const layer = layers.batchNormalization({ axis, momentum: 0.9 });
    layer.build([null, 3, 4, 5]);
    const x = tf.tensor(waves(120, 2), [2, 3, 4, 5]);
    let y!: tf.Tensor;
    const kernels = countKernels(() => {
      y = layer.apply(x, { training }) as tf.Tensor;
    });
    const values = [y, ...layer.weights.map((weight) => weight.read())].flatMap((tensor) => [...tensor.dataSync()]);
    for (const weight of layer.weights) weight.dispose();
    return { values, kernels };
  });
}

// Along another axis than the last, cpu and wasm compute wrongly as shipped.
const settings: [axis: number, training: boolean][] = [
  [-1, true],
  [3, true],
  [3, false],
];
test.each([
  ...settings,
  ...(isFused
    ? ([
        [1, true],
        [1, false],
      ] as typeof settings)
    : []),
])('the layer of axis %i computes the same as before, training: %p', async (axis, training) => {
  const accelerated = outcome(axis, training);
  (await accelerate()).restore();
  const stock = outcome(axis, training);
  await accelerate();
  expect(maxDifference(accelerated.values, stock.values)).toBeLessThan(1e-5);
  expect(accelerated.kernels < stock.kernels).toBe(isFused && training && axis !== 1);
});

test('what undoes the acceleration puts the very method back', async () => {
  const { prototype } = tf.serialization.SerializationMap.getMap().classNameMap.BatchNormalization[0];
  const methodOf = () => (prototype as unknown as Pick<layers.Layer, 'call'>).call;
  const accelerated = methodOf();
  (await accelerate()).restore();
  const stock = methodOf();
  await accelerate();
  (await accelerate()).restore();
  expect(methodOf()).toBe(stock);
  expect(stock !== accelerated).toBe(isFused);
});

test('its gradient can be differentiated', () => {
  const layer = layers.batchNormalization();
  layer.build([null, 2]);
  const x = tf.tensor2d([1, -2, 0.5, 3, -1, 0.25], [3, 2]);
  const slopes = (x: tf.Tensor) =>
    tf.grad((x) => tf.sum(tf.pow(layer.apply(x, { training: true }) as tf.Tensor, 3)))(x);
  const penalty = (x: tf.Tensor) => tf.sum(tf.square(slopes(x)));
  const [along, step] = [tf.tensor2d([1, 0, -1, 0.5, 2, 0], [3, 2]), 2 ** -7];
  const at = (offset: number) => penalty(tf.add(x, tf.mul(along, offset))).dataSync()[0];
  const derivative = tf.sum(tf.mul(tf.grad(penalty)(x), along)).dataSync()[0];
  expect(derivative / ((at(step) - at(-step)) / (2 * step))).toBeCloseTo(1, 2);
});
