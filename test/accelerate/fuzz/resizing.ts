import * as tf from '@tensorflow/tfjs-core';
import { between, type Subject, values, volume, withGradients, write } from './subject';

/** `[source pixel, share]` of an output pixel along an axis. */
type Sources = (position: number, last: number) => [number, number][];

interface Sampling {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

const nearest =
  ({ alignCorners }: Sampling): Sources =>
  (position, last) => [[Math.min(last, Math.max(0, alignCorners ? Math.round(position) : Math.floor(position))), 1]];

const linear = (): Sources => (position, last) => {
  const clipped = Math.max(0, position);
  const low = Math.min(last, Math.floor(clipped));
  const high = Math.min(last, Math.ceil(clipped));
  const share = clipped - Math.floor(clipped);
  return [
    [low, 1 - share],
    [high, share],
  ];
};

/** Where output pixel i lies in the source. Nearest half-pixel positions are not moved back by a half. */
function positionOf(i: number, from: number, to: number, sampling: Sampling, isNearest: boolean): number {
  const scale = sampling.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  if (!sampling.halfPixelCenters) return Math.fround(scale) * i;
  return (i + 0.5) * scale - (isNearest ? 0 : 0.5);
}

export const resizing: Subject[] = (['bilinear', 'nearest'] as const).map((kind) => ({
  name: `${kind} resizing`,
  sample(random) {
    // Sides with exact ratios: a half more or less decides which pixel is nearest, and float32 rounds there.
    const ratio = () => [1, 2, 4, 0.5, 0.25][between(random, 0, 4)];
    const side = () => 4 * between(random, 1, 3);
    const [high, wide, channels, batch] = [side(), side(), between(random, 1, 4), between(random, 1, 3)];
    const halfPixelCenters = random() < 0.4;
    const sampling = { alignCorners: kind === 'bilinear' && !halfPixelCenters && random() < 0.4, halfPixelCenters };
    const size: [number, number] = [high * ratio(), wide * ratio()];
    const [xShape, yShape] = [
      [batch, high, wide, channels],
      [batch, ...size, channels],
    ];
    const [x, dy] = [xShape, yShape].map((shape) => values(random, volume(shape)));
    const resize = kind === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
    return {
      title: write({ x: xShape, size, ...sampling }),
      run: () =>
        withGradients(
          (x) => resize(x as tf.Tensor4D, size, sampling.alignCorners, sampling.halfPixelCenters),
          [{ values: x, shape: xShape }],
          { values: dy, shape: yShape },
        ),
      expected() {
        const [y, dx] = [new Float64Array(dy.length), new Float64Array(x.length)];
        const sources = kind === 'bilinear' ? linear() : nearest(sampling);
        const at = (i: number, from: number, to: number) =>
          sources(positionOf(i, from, to, sampling, kind === 'nearest'), from - 1);
        for (let n = 0; n < batch; n++)
          for (let i = 0; i < size[0]; i++)
            for (let j = 0; j < size[1]; j++)
              for (const [row, rowShare] of at(i, high, size[0]))
                for (const [column, columnShare] of at(j, wide, size[1]))
                  for (let c = 0; c < channels; c++) {
                    const from = ((n * high + row) * wide + column) * channels + c;
                    const to = ((n * size[0] + i) * size[1] + j) * channels + c;
                    y[to] += rowShare * columnShare * x[from];
                    dx[from] += rowShare * columnShare * dy[to];
                  }
        return [y, dx];
      },
    };
  },
}));
