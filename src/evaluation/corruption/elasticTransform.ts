import * as tf from '@tensorflow/tfjs-core';
import { type Random, uniform } from '../../support/random';
import { uniforms } from '../randomTensors';
import { corruption } from './corruption';
import { bilinear } from './resample';
import { gaussianMap, mapAxes } from './separable';

interface ElasticLevel {
  /** Factor on the smoothed displacements, in pixels. */
  amplitude: number;
  /** Sigma of their smoothing, in pixels. */
  sigma: number;
  /** Greatest move of a corner in the affine part, in pixels. */
  affine: number;
}

/** Levels in fractions of the side `s` for which they were published (ImageNet-C's says 244 in place of 224). */
const levels = (s: number, ...rows: [number, number, number][]) =>
  rows.map(([amplitude, sigma, affine]) => ({
    amplitude: s * amplitude,
    sigma: s * sigma,
    affine: s * affine,
  })) as [ElasticLevel, ElasticLevel, ElasticLevel, ElasticLevel, ElasticLevel];

/** Applies a random affine map, then a random smooth displacement of every pixel. */
export const elasticTransform = corruption(
  {
    32: levels(32, [0, 0, 0.08], [0.05, 0.2, 0.07], [0.08, 0.06, 0.06], [0.1, 0.04, 0.05], [0.1, 0.03, 0.03]),
    64: levels(64, [0, 0, 0.08], [0.05, 0.3, 0.06], [0.1, 0.08, 0.06], [0.1, 0.03, 0.03], [0.16, 0.03, 0.02]),
    224: levels(244, [2, 0.7, 0.1], [2, 0.08, 0.2], [0.05, 0.01, 0.02], [0.07, 0.01, 0.02], [0.12, 0.01, 0.02]),
  },
  (images, { amplitude, sigma, affine }, randoms) => {
    const [, height, width] = images.shape;
    const maps = randoms.map((random) => sampleAffine(height, width, affine, random));
    const warped = warpAffine(images, maps);
    if (amplitude === 0) return warped;
    const noise = uniforms(randoms, [height, width, 2], -1, 1) as tf.Tensor4D;
    const blur = (size: number) => gaussianMap(size, sigma, 3, 'symmetric');
    const [dx, dy] = tf.unstack(tf.mul(mapAxes(noise, blur(height), blur(width)), amplitude), -1);
    const [y, x] = pixelGrid(height, width);
    return bilinear(warped, tf.add(y, dy), tf.add(x, dx), 'symmetric');
  },
);

/** x' = a x + b y + c and y' = d x + e y + f, as [a, b, c, d, e, f]. */
type AffineMap = readonly [number, number, number, number, number, number];

type Point = readonly [number, number];

/** Moves three corners of a square in the middle by up to `reach` pixels; returns the map from new to old places. */
function sampleAffine(height: number, width: number, reach: number, random: Random): AffineMap {
  const [x, y] = [Math.floor(width / 2), Math.floor(height / 2)];
  const side = Math.floor(Math.min(height, width) / 3);
  const from: Point[] = [
    [x + side, y + side],
    [x + side, y - side],
    [x - side, y - side],
  ];
  const to = from.map(([px, py]): Point => [px + uniform(random, -reach, reach), py + uniform(random, -reach, reach)]);
  return affineBetween(to, from);
}

/** Returns the affine map that takes three points to three others, by Cramer's rule. */
export function affineBetween(from: readonly Point[], to: readonly Point[]): AffineMap {
  const [[x0, y0], [x1, y1], [x2, y2]] = from;
  const determinant = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  const solve = (axis: 0 | 1) => {
    const [p0, p1, p2] = to.map((point) => point[axis]);
    const a = ((p1 - p0) * (y2 - y0) - (p2 - p0) * (y1 - y0)) / determinant;
    const b = ((x1 - x0) * (p2 - p0) - (x2 - x0) * (p1 - p0)) / determinant;
    return [a, b, p0 - a * x0 - b * y0] as const;
  };
  return [...solve(0), ...solve(1)];
}

/** Moves pixels by one affine map an image, from output to input places, bilinear; the border is mirrored. */
export function warpAffine(images: tf.Tensor4D, maps: readonly AffineMap[]): tf.Tensor4D {
  const [batch, height, width] = images.shape;
  return tf.tidy(() => {
    const [y, x] = pixelGrid(height, width);
    const entry = (i: number) =>
      tf.tensor3d(
        maps.map((map) => map[i]),
        [batch, 1, 1],
      );
    const place = (i: number) => tf.add(tf.add(tf.mul(entry(i), x), tf.mul(entry(i + 1), y)), entry(i + 2));
    return bilinear(images, place(3), place(0), 'reflect');
  });
}

function pixelGrid(height: number, width: number): [tf.Tensor, tf.Tensor] {
  return [tf.reshape(tf.range(0, height), [1, height, 1]), tf.reshape(tf.range(0, width), [1, 1, width])];
}
