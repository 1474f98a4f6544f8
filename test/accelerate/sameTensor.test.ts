import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

beforeAll(async () => {
  await accelerate();
});

test('a reshape to the same shape or a cast to the same type outlives its source, and its source outlives it', () => {
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const reshaped = tf.reshape(x, [2, 2]);
  const cast = tf.cast(reshaped, 'float32');
  x.dispose();
  reshaped.dispose();
  expect(cast.arraySync()).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('other reshapes and casts do not change', () => {
  const x = tf.tensor2d([1, 0, 3.7, 4], [2, 2]);
  expect(tf.reshape(x, [4]).shape).toEqual([4]);
  expect(tf.reshape(x, [-1, 1]).shape).toEqual([4, 1]);
  expect(Array.from(tf.cast(x, 'int32').dataSync())).toEqual([1, 0, 3, 4]);
});

test('their gradients are right', () => {
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const gradient = tf.grad((x) => tf.sum(tf.square(tf.cast(tf.reshape(x, [2, 2]), 'float32'))))(x);
  expect(Array.from(gradient.dataSync())).toEqual([2, 4, 6, 8]);
});

test('a variable that was reshaped or cast does not change it when it is assigned', () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const [reshaped, cast] = [tf.reshape(variable, [2]), tf.cast(variable, 'float32')];
  variable.assign(tf.tensor1d([3, 4]));
  expect([...reshaped.dataSync(), ...cast.dataSync()]).toEqual([1, 2, 1, 2]);
  variable.dispose();
});

test('nothing stays in memory', () => {
  const before = tf.memory();
  const x = tf.tensor1d([1, 2]);
  const y = tf.reshape(x, [2]);
  tf.dispose([y, tf.cast(y, 'float32'), x]);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
});
