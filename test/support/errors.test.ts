import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from 'tfjs-nonsemantic-negatives';
import { describe as describeValue } from '../../src/support/errors';

test('an ArgumentError says what was expected, for what, and what was received', () => {
  const error = new ArgumentError('option size', 'a number', '"x"');
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('ArgumentError');
  expect(error.message).toBe('Expected a number for option size, received "x".');
  expect([error.subject, error.expected, error.received]).toEqual(['option size', 'a number', '"x"']);
});

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  [Number.NaN, 'NaN'],
  [-1.5, '-1.5'],
  [10n, '10'],
  ['a', '"a"'],
  [true, 'true'],
  [[1, [2, 'b']], '[1, [2, "b"]]'],
  [Array(9).fill(0), '[0, 0, 0, 0, 0, 0, 0, 0, …]'],
  [{ a: 1 }, '{"a":1}'],
  [
    Array(9).fill(Array(9).fill(0.25)),
    `[${'[0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, …], '.repeat(2).slice(0, 76)}…`,
  ],
  [{ text: 'x'.repeat(100) }, `{"text":"${'x'.repeat(68)}…`],
  [new Date(), 'an object of class Date'],
  [Object.create(null), 'an object of class unknown'],
  [function named() {}, 'function named'],
  [() => {}, 'function (anonymous)'],
])('%p is described as %s', (value, text) => {
  expect(describeValue(value)).toBe(text);
});

test('tensors are described by type and shape, within other values too, and are not read', () => {
  const x = tf.zeros([2, 3], 'int32');
  expect(describeValue(x)).toBe('an int32 tensor of shape [2, 3]');
  expect(describeValue([x])).toBe('[an int32 tensor of shape [2, 3]]');
  expect(describeValue({ x })).toBe('{"x":"an int32 tensor of shape [2, 3]"}');
});
