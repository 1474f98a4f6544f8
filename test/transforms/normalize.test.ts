import * as tf from '@tensorflow/tfjs-core';
import { normalize } from 'tfjs-nonsemantic-negatives';
import { byteNoise, noise } from '../support/images';
import { bytesOf, leakOf, maxDifference } from '../support/tensors';

const bytes = byteNoise(4, 5);
const image = () => tf.div(tf.tensor3d(bytes), 255);

test('subtracts the mean and divides by the standard deviation, ImageNet’s by default', () => {
  const expected = (mean: number[], deviation: number[]) =>
    bytes.flat().flatMap((pixel) => pixel.map((v, channel) => (v / 255 - mean[channel]) / deviation[channel]));
  const imageNet = expected([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
  expect(maxDifference(normalize(image()), imageNet)).toBeLessThan(1e-6);
  const args = {
    mean: [0.1, 0.2, 0.3] as [number, number, number],
    standardDeviation: [1, 2, 0.5] as [number, number, number],
  };
  expect(maxDifference(normalize(image(), args), expected(args.mean, args.standardDeviation))).toBeLessThan(1e-6);
});

test('gives int32 0 … 255 and float32 0 … 1 the same bytes', () => {
  expect(bytesOf(normalize(tf.tensor3d(bytes, undefined, 'int32')))).toBe(bytesOf(normalize(image())));
});

test('leaves its result and nothing else', () => {
  const x = image();
  expect(leakOf(() => normalize(x).dispose())).toBe(0);
});

test.each([1, 2, 4, 7])('takes %i channels: by default 0.449 and 0.226, or as many numbers', (channels) => {
  const x = noise(3, 4, channels);
  const perChannel = Array.from({ length: channels }, (_, c) => 0.1 + 0.1 * c);
  const expected = (mean: (c: number) => number, deviation: (c: number) => number) =>
    x.flat().flatMap((pixel) => pixel.map((v, c) => (v - mean(c)) / deviation(c)));
  const constant = expected(
    () => 0.449,
    () => 0.226,
  );
  expect(maxDifference(normalize(tf.tensor3d(x)), constant)).toBeLessThan(1e-6);
  const own = expected(
    (c) => perChannel[c],
    (c) => 2 * perChannel[c],
  );
  const args = { mean: perChannel, standardDeviation: perChannel.map((v) => 2 * v) };
  expect(maxDifference(normalize(tf.tensor3d(x), args), own)).toBeLessThan(1e-5);
});

test.each([
  [[-1, 1], (v: number) => 2 * v - 1],
  [[0, 255], (v: number) => 255 * v],
  [[-3, 5], (v: number) => 8 * v - 3],
] as const)('maps the range %j to 0 … 1 first', ([min, max], from) => {
  const unit = noise(4, 5);
  const given = tf.tensor3d(unit.map((row) => row.map((pixel) => pixel.map(from))));
  const scaled = normalize(given, { range: [min, max] });
  expect(maxDifference(scaled, normalize(tf.tensor3d(unit)))).toBeLessThan(1e-5);
});

test('refuses anything but images, and lists without one number per channel', () => {
  expect(() => normalize(tf.scalar(1))).toThrow('Expected raw images [..., C] for input images');
  expect(() => normalize(image(), { mean: 1 as unknown as number[] })).toThrow(
    'Expected a list of numbers, one a channel for option mean, received 1.',
  );
  expect(() => normalize(image(), { mean: [1, 2] })).toThrow(
    'Expected 3 numbers, one a channel of the images for option mean, received [1, 2].',
  );
  expect(() => normalize(image(), { standardDeviation: [0, 1, 1] })).toThrow(
    'Expected a number above 0 for option standardDeviation[0], received 0.',
  );
});
