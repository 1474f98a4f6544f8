import * as tf from '@tensorflow/tfjs-core';
import { tensorTag } from '../../src/support/tensorTag';

test('a tag belongs to one tensor object and one name', () => {
  const [a, b] = [tensorTag<number>('test a'), tensorTag<string>('test b')];
  const x = tf.scalar(1);
  expect(a.set(x, 3)).toBe(x);
  b.set(x, 'three');
  expect([a.get(x), b.get(x), a.get(tf.clone(x))]).toEqual([3, 'three', undefined]);
});

test('two copies of the package read each other’s tags', () => {
  const x = tensorTag<number>('test shared').set(tf.scalar(1), 5);
  jest.isolateModules(() => {
    const copy = require('../../src/support/tensorTag') as typeof import('../../src/support/tensorTag');
    expect(copy.tensorTag).not.toBe(tensorTag);
    expect(copy.tensorTag<number>('test shared').get(x)).toBe(5);
  });
});
