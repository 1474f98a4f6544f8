import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { type Acceleration, accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

declare const BACKEND: string;
// Only there is the gradient an operation of its own, with edge values to look at.
const onlyTensorFlow = BACKEND === 'tensorflow' ? test : test.skip;

let acceleration: Acceleration;
beforeEach(async () => {
  acceleration = await accelerate();
});

/** What `compute` gives as shipped, and accelerated. */
async function both(compute: () => tf.Tensor): Promise<[Float32Array, Float32Array]> {
  acceleration.restore();
  const stock = compute().dataSync() as Float32Array;
  acceleration = await accelerate();
  return [stock, compute().dataSync() as Float32Array];
}

const { POSITIVE_INFINITY: inf, NaN: nan } = Number;
const edges = [-inf, -1, -1e-40, -0, 0, 1e-40, 1e-30, 1, inf, nan, -5, 5, -5, 5];
const upstream = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, inf, inf, nan, nan];

test('the gradient of relu equals the stock one at zeros, denormals, infinities and NaN', async () => {
  const [stock, fast] = await both(() => tf.grad((x) => tf.relu(x))(tf.tensor1d(edges), tf.tensor1d(upstream)));
  // On webgpu a zero may have the other sign.
  const withoutSign = (values: Float32Array) => values.map((value) => value || Math.abs(value));
  expect(withoutSign(fast)).toEqual(withoutSign(stock));
});

test.each([[[]], [[5]], [[2, 3]], [[2, 3, 4, 5]], [[0, 3]]])(
  'the gradient equals the stock one for shape %j',
  async (shape) => {
    const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
    const dy = tf.randomNormal(shape, 0, 1, 'float32', 2);
    const [stock, fast] = await both(() => tf.grad((x) => tf.relu(x))(x, dy));
    expect(fast).toEqual(stock);
  },
);

test('relu as the activation of a fused product, whose gradient is a step', async () => {
  const [a, b] = [tf.randomNormal([3, 4], 0, 1, 'float32', 1), tf.randomNormal([4, 2], 0, 1, 'float32', 2)];
  const product = (a: tf.Tensor) =>
    tf.sum(tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, activation: 'relu' }));
  const [stock, fast] = await both(() => tf.grad(product)(a));
  fast.forEach((value, i) => {
    expect(value).toBeCloseTo(stock[i], 5);
  });
});

test('step equals the stock one, with a slope too', async () => {
  for (const alpha of [0, 0.5]) {
    const [stock, fast] = await both(() => tf.step(tf.tensor1d(edges), alpha));
    expect(fast).toEqual(stock);
  }
});

test('central differences', () => {
  const x = tf.tensor1d([-2, -0.5, 0.5, 2]);
  const loss = (x: tf.Tensor) => tf.sum(tf.square(tf.relu(x)));
  const gradient = tf.grad(loss)(x).dataSync();
  for (let i = 0; i < 4; i++) {
    const at = (step: number) => loss(tf.add(x, tf.mul(tf.oneHot(i, 4), step))).dataSync()[0];
    expect((at(0.1) - at(-0.1)) / 0.2).toBeCloseTo(gradient[i], 4);
  }
});

test('the gradient of a gradient is right', () => {
  const cube = (x: tf.Tensor) => tf.sum(tf.mul(tf.square(tf.relu(x)), tf.relu(x)));
  const slope = (x: tf.Tensor) => tf.sum(tf.grad(cube)(x));
  expect(
    Array.from(
      tf
        .grad(slope)(tf.tensor1d([-1, 2, 3]))
        .dataSync(),
    ),
  ).toEqual([0, 12, 18]);
});

test('nothing but the gradient stays in memory', () => {
  const x = tf.tensor1d([-1, 1]);
  const before = tf.memory().numTensors;
  tf.grad((x) => tf.relu(tf.relu(x)))(x).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

onlyTensorFlow('on a GPU it is TensorFlow’s ReluGrad, which has the same numbers', () => {
  const backend = tf.backend() as unknown as { isUsingGpuDevice: boolean };
  const x = tf.tensor1d(edges.slice(0, 9));
  const dy = tf.tensor1d(upstream.slice(0, 9));
  const gradient = () =>
    tf
      .grad((x) => tf.relu(x))(x, dy)
      .dataSync();
  const onCpu = gradient();
  backend.isUsingGpuDevice = true;
  const onGpu = gradient();
  backend.isUsingGpuDevice = false;
  expect(onGpu).toEqual(onCpu);
});
