import * as tf from '@tensorflow/tfjs-core';
import { type CorruptionKind, corrupt } from '../../../src/evaluation/corruption/corrupt';
import type { Scale, Severity } from '../../../src/evaluation/corruption/corruption';
import { affineBetween, warpAffine } from '../../../src/evaluation/corruption/elasticTransform';
import { bilinear } from '../../../src/evaluation/corruption/resample';
import { type Border, gaussianMap, mapAxes, zoomMap } from '../../../src/evaluation/corruption/separable';
import golden from '../../fixtures/corruptions.json';

// The libraries of the published code, at work on one image: test/fixtures/corruptions.py.
const { side } = golden;
const image = () => tf.div(tf.tensor4d(golden.pixels, [1, side, side, 3]), 255) as tf.Tensor4D;

/** The values that the fixtures keep: every third row, every second column. */
function sampled(images: tf.Tensor): number[] {
  const rows = tf.reshape<tf.Rank.R3>(images, [side, side, 3]).arraySync();
  return rows.filter((_, y) => y % 3 === 0).flatMap((row) => row.filter((_, x) => x % 2 === 0).flat());
}

function distances(images: tf.Tensor, output: number[]): number[] {
  const actual = sampled(images);
  expect(actual).toHaveLength(output.length);
  return actual.map((value, i) => Math.abs(value - output[i] / 10000));
}

const max = (values: number[]) => Math.max(...values);

const exact = golden.published.filter(({ kind }) => kind !== 'jpeg_compression');
test.each(exact)('$kind of $scale px, severity $severity', ({ kind, scale, severity, output }) => {
  const options = { kind: kind as CorruptionKind, scale: scale as Scale, severity: severity as Severity };
  expect(max(distances(corrupt(image(), options), output))).toBeLessThan(2e-4);
});

// libjpeg works in whole numbers: a coefficient on the edge between two steps may fall to the other side.
const jpeg = golden.published.filter(({ kind }) => kind === 'jpeg_compression');
test.each(jpeg)(
  'JPEG of $scale px, severity $severity: within 2/255 nearly everywhere',
  ({ scale, severity, output }) => {
    const options = { kind: 'jpeg_compression', scale: scale as Scale, severity: severity as Severity } as const;
    const off = distances(corrupt(image(), options), output);
    expect(off.filter((distance) => distance > 2.01 / 255).length / off.length).toBeLessThan(0.02);
    expect(off.reduce((sum, distance) => sum + distance, 0) / off.length).toBeLessThan(0.5 / 255);
  },
);

test.each(golden.zoom)('zoom by $factor', ({ factor, output }) => {
  const zoomed = mapAxes(image(), zoomMap(side, factor), zoomMap(side, factor));
  expect(max(distances(zoomed, output))).toBeLessThan(1e-4);
});

test.each(golden.gaussian)('Gaussian blur of sigma $sigma, $border', ({ sigma, truncate, border, output }) => {
  const map = gaussianMap(side, sigma, truncate, border as Border);
  expect(max(distances(mapAxes(image(), map, map), output))).toBeLessThan(1e-4);
});

test('affine warp, within the 1/32 of a pixel to which OpenCV rounds', () => {
  const { source, target, output } = golden.warp;
  const map = affineBetween(target as [number, number][], source as [number, number][]);
  expect(max(distances(warpAffine(image(), [map]), output))).toBeLessThan(0.02);
});

test('displacement', () => {
  const [dy, dx] = golden.displace.phases.map((phase) =>
    Array.from({ length: side }, (_, y) =>
      Array.from({ length: side }, (_, x) => 3 * Math.sin(0.7 * x + 0.4 * y + phase)),
    ),
  );
  const place = (shift: number[][], axis: 0 | 1) =>
    tf.tensor3d([shift.map((row, y) => row.map((value, x) => value + [y, x][axis]))]);
  const displaced = bilinear(image(), place(dy, 0), place(dx, 1), 'symmetric');
  expect(max(distances(displaced, golden.displace.output))).toBeLessThan(1e-4);
});
