import * as tf from '@tensorflow/tfjs-core';
import { normalize } from 'tfjs-nonsemantic-negatives';
import { byteNoise } from '../support/images';
import { bytesOf, greatestDifference, leakOf } from '../support/tensors';

const bytes = byteNoise(4, 5);
const image = () => tf.div(tf.tensor3d(bytes), 255);

test('subtracts the mean and divides by the standard deviation, ImageNet’s by default', () => {
  const expected = (mean: number[], deviation: number[]) =>
    bytes.flat().flatMap((pixel) => pixel.map((v, channel) => (v / 255 - mean[channel]) / deviation[channel]));
  const imageNet = expected([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
  expect(greatestDifference(normalize(image()), imageNet)).toBeLessThan(1e-6);
  const args = {
    mean: [0.1, 0.2, 0.3] as [number, number, number],
    standardDeviation: [1, 2, 0.5] as [number, number, number],
  };
  expect(greatestDifference(normalize(image(), args), expected(args.mean, args.standardDeviation))).toBeLessThan(1e-6);
});

test('gives int32 0 … 255 and float32 0 … 1 the same bytes', () => {
  expect(bytesOf(normalize(tf.tensor3d(bytes, undefined, 'int32')))).toBe(bytesOf(normalize(image())));
});

test('leaves its result and nothing else', () => {
  const x = image();
  expect(leakOf(() => normalize(x).dispose())).toBe(0);
});

test('refuses images that are not of three channels, and options that are not three numbers', () => {
  expect(() => normalize(tf.zeros([2, 4, 4, 1]))).toThrow(
    'Expected three channels, red, green and blue for the images of normalize(), received shape [2, 4, 4, 1].',
  );
  expect(() => normalize(image(), { mean: 1 as unknown as [number, number, number] })).toThrow(
    'Expected three numbers, one a channel for option mean, received 1.',
  );
  expect(() => normalize(image(), { standardDeviation: [0, 1, 1] })).toThrow(
    'Expected a number above 0 for option standardDeviation[0], received 0.',
  );
});
