import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, type Subject, sampleValues, type Values, withGradients, write } from './subject';

interface Resizing {
  images: Values;
  dy: Values;
  size: [number, number];
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

function sampleResizing(random: Random): Resizing {
  const side = () => between(random, 1, 13);
  const [batch, channels] = [between(random, random() < 0.04 ? 0 : 1, 3), between(random, 1, 4)];
  const [height, width] = [side(), side()];
  // As often by a whole factor as to any size.
  const resize = (from: number) => (random() < 0.5 ? from * between(random, 1, 4) : between(random, 1, 26));
  const size: [number, number] = [resize(height), resize(width)];
  const halfPixelCenters = random() < 0.4;
  return {
    images: sampleValues(random, [batch, height, width, channels]),
    dy: sampleValues(random, [batch, ...size, channels]),
    size,
    alignCorners: !halfPixelCenters && random() < 0.4,
    halfPixelCenters,
  };
}

/** Where pixel `i` of the output lies in the source. Nearest half-pixel positions are not moved back by a half. */
function positionOf(i: number, from: number, to: number, resizing: Resizing, isNearest: boolean): number {
  const scale = resizing.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return resizing.halfPixelCenters ? (i + 0.5) * scale - (isNearest ? 0 : 0.5) : i * scale;
}

const describe = ({ images, size, alignCorners, halfPixelCenters }: Resizing) =>
  write({ images: images.shape, size, alignCorners, halfPixelCenters });

/** Calls `visit` with the place of each output value, and its image, row, column and channel. */
function visitOutputs({ dy }: Resizing, visit: (to: number, n: number, i: number, j: number, c: number) => void): void {
  const [, high, wide, channels] = dy.shape;
  for (let to = 0; to < dy.values.length; to++) {
    const pixel = Math.floor(to / channels);
    visit(to, Math.floor(pixel / wide / high), Math.floor(pixel / wide) % high, pixel % wide, to % channels);
  }
}

const bilinear: Subject = {
  name: 'bilinear resizing',
  sample(random) {
    const resizing = sampleResizing(random);
    const { images, dy, size, alignCorners, halfPixelCenters } = resizing;
    const [, height, width, channels] = images.shape;
    const sourcesOf = (i: number, from: number, to: number): [number, number][] => {
      const position = Math.max(0, positionOf(i, from, to, resizing, false));
      const [low, share] = [Math.min(from - 1, Math.floor(position)), position - Math.floor(position)];
      return [
        [low, 1 - share],
        [Math.min(from - 1, low + 1), share],
      ];
    };
    return {
      title: describe(resizing),
      run: () =>
        withGradients(
          (x) => tf.image.resizeBilinear(x as tf.Tensor4D, size, alignCorners, halfPixelCenters),
          [images],
          dy,
        ),
      expected() {
        const [y, dx] = [new Float64Array(dy.values.length), new Float64Array(images.values.length)];
        visitOutputs(resizing, (to, n, i, j, c) => {
          for (const [row, rowShare] of sourcesOf(i, height, size[0]))
            for (const [column, columnShare] of sourcesOf(j, width, size[1])) {
              const from = ((n * height + row) * width + column) * channels + c;
              y[to] += rowShare * columnShare * images.values[from];
              dx[from] += rowShare * columnShare * dy.values[to];
            }
        });
        return [y, dx];
      },
    };
  },
};

/**
 * Where a position is halfway between two pixels, or on the edge of one, rounding decides which it takes. So the image is
 * its own map: its values are the numbers of its pixels, and the gradient belongs to those that the forward pass took.
 */
const nearest: Subject = {
  name: 'nearest resizing',
  sample(random) {
    const resizing = sampleResizing(random);
    const { images, dy, size, alignCorners, halfPixelCenters } = resizing;
    const [, height, width, channels] = images.shape;
    images.values = Float32Array.from(images.values, (_, i) => i);
    const isNear = (taken: number, i: number, from: number, to: number) => {
      const position = positionOf(i, from, to, resizing, true);
      const choose = (p: number) => Math.min(from - 1, Math.max(0, alignCorners ? Math.round(p) : Math.floor(p)));
      return taken === choose(position - 1e-4) || taken === choose(position + 1e-4);
    };
    return {
      title: describe(resizing),
      run: () =>
        withGradients(
          (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, size, alignCorners, halfPixelCenters),
          [images],
          dy,
        ),
      expected([taken]) {
        const [y, dx] = [new Float64Array(dy.values.length), new Float64Array(images.values.length)];
        visitOutputs(resizing, (to, n, i, j, c) => {
          const pixel = Math.floor(taken[to] / channels);
          const [row, column] = [Math.floor(pixel / width) % height, pixel % width];
          const isRight =
            taken[to] === ((n * height + row) * width + column) * channels + c &&
            isNear(row, i, height, size[0]) &&
            isNear(column, j, width, size[1]);
          y[to] = isRight ? taken[to] : Number.NaN;
          dx[taken[to]] += dy.values[to];
        });
        return [y, dx];
      },
    };
  },
};

export const resizing: Subject[] = [bilinear, nearest];
