import { type Random, randomStream, uniform, uniformInteger } from '../../../src/support/random';
import { normal } from '../support';

// The corruptions that draw, one pixel after the other, on nested arrays; the draws are those of corrupt().

export type Pixels = number[][][];

export const streamOf = (kind: string, seed = 0, index = 0) => randomStream(seed, 'corrupt', kind, index);

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
const each = (pixels: Pixels, f: (value: number, y: number, x: number, c: number) => number): Pixels =>
  pixels.map((row, y) => row.map((pixel, x) => pixel.map((value, c) => f(value, y, x, c))));
export const clipped = (pixels: Pixels) => each(pixels, (value) => clamp(value, 0, 1));

/** Pairs of normal numbers, as Box and Muller's method yields them. */
export function normalPairs(random: Random, count: number): number[] {
  const values: number[] = [];
  while (values.length < count) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return values.slice(0, count);
}

export function impulseNoise(pixels: Pixels, share: number, random: Random): Pixels {
  return each(pixels, (value) => {
    const draw = random();
    return draw < share / 2 ? 0 : draw < share ? 1 : value;
  });
}

export function glassShuffle(pixels: Pixels, distance: number, rounds: number, random: Random): Pixels {
  const colors = pixels.map((row) => [...row]);
  for (let round = 0; round < rounds; round++) {
    for (let y = pixels.length - distance; y > distance; y--) {
      for (let x = pixels[0].length - distance; x > distance; x--) {
        const dx = uniformInteger(random, -distance, distance - 1);
        const dy = uniformInteger(random, -distance, distance - 1);
        colors[y][x] = colors[y + dy][x + dx];
      }
    }
  }
  return colors;
}

export function motionBlur(pixels: Pixels, radius: number, sigma: number, angle: number): Pixels {
  const length = 2 * radius + 1;
  const weights = Array.from({ length }, (_, d) => Math.exp((-d * d) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [sine, cosine] = [Math.sin((angle / 180) * Math.PI), Math.cos((angle / 180) * Math.PI)];
  return each(pixels, (_, y, x, c) =>
    weights.reduce((sum, weight, d) => {
      const row = clamp(y + Math.ceil(d * sine - 0.5), 0, pixels.length - 1);
      const column = clamp(x + Math.ceil(d * cosine - 0.5), 0, pixels[0].length - 1);
      return sum + (weight / total) * pixels[row][column][c];
    }, 0),
  );
}

/** CIFAR-10-C's mildest snow, which does not enlarge the flakes. */
export function mildSnow(pixels: Pixels, random: Random): Pixels {
  const angle = uniform(random, -135, -45);
  const [height, width] = [pixels.length, pixels[0].length];
  const noise = normalPairs(random, height * width).map((n) => 0.1 + 0.2 * n);
  const flakes = each(pixels, (_, y, x) => (noise[y * width + x] < 0.6 ? 0 : Math.min(noise[y * width + x], 1)));
  const falling = motionBlur(flakes, 8, 3, angle);
  return each(pixels, (value, y, x, c) => {
    const [red, green, blue] = pixels[y][x];
    const white = Math.max(value, 1.5 * (0.299 * red + 0.587 * green + 0.114 * blue) + 0.5);
    return 0.95 * value + 0.05 * white + falling[y][x][c] + falling[height - 1 - y][width - 1 - x][c];
  });
}

/** Bilinear interpolation of one channel, the axes continued by `continued`. */
function between(pixels: Pixels, y: number, x: number, c: number, continued: (i: number, size: number) => number) {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  let sum = 0;
  for (const [row, share] of [
    [top, top + 1 - y],
    [top + 1, y - top],
  ]) {
    for (const [column, part] of [
      [left, left + 1 - x],
      [left + 1, x - left],
    ])
      sum += share * part * pixels[continued(row, pixels.length)][continued(column, pixels[0].length)][c];
  }
  return sum;
}

function reflect(i: number, size: number): number {
  if (i < 0) return reflect(-i, size);
  return i < size ? i : reflect(2 * size - 2 - i, size);
}

function symmetric(i: number, size: number): number {
  if (i < 0) return symmetric(-1 - i, size);
  return i < size ? i : symmetric(2 * size - 1 - i, size);
}

export function elasticTransform(
  pixels: Pixels,
  { amplitude, sigma, affine }: { amplitude: number; sigma: number; affine: number },
  random: Random,
): Pixels {
  const [height, width] = [pixels.length, pixels[0].length];
  const side = Math.floor(Math.min(height, width) / 3);
  const [cx, cy] = [Math.floor(width / 2), Math.floor(height / 2)];
  const from = [
    [cx + side, cy + side],
    [cx + side, cy - side],
    [cx - side, cy - side],
  ];
  const to = from.map(([x, y]) => [x + uniform(random, -affine, affine), y + uniform(random, -affine, affine)]);
  // A place is a mean of the three new corners with weights of sum 1; it comes from the same mean of the old ones.
  const area = (a: number[], b: number[], c: number[]) => (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
  const warped = each(pixels, (_, y, x, c) => {
    const here = [x, y];
    const weights = [area(here, to[1], to[2]), area(to[0], here, to[2]), area(to[0], to[1], here)];
    const [u, v] = [0, 1].map(
      (axis) => weights.reduce((sum, weight, i) => sum + weight * from[i][axis], 0) / area(to[0], to[1], to[2]),
    );
    return between(pixels, v, u, c, reflect);
  });

  const noise = each(
    pixels.map((row) => row.map(() => [0, 0])),
    () => uniform(random, -1, 1),
  );
  const reach = Math.floor(3 * sigma + 0.5);
  const offsets = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const gauss = offsets.map((d) => Math.exp((-d * d) / (2 * sigma * sigma)));
  const mass = gauss.reduce((sum, weight) => sum + weight, 0) ** 2;
  const shift = each(noise, (_, y, x, axis) => {
    let sum = 0;
    offsets.forEach((dy, i) => {
      offsets.forEach((dx, j) => {
        sum += gauss[i] * gauss[j] * noise[symmetric(y + dy, height)][symmetric(x + dx, width)][axis];
      });
    });
    return (amplitude * sum) / mass;
  });
  return each(pixels, (_, y, x, c) => between(warped, y + shift[y][x][1], x + shift[y][x][0], c, symmetric));
}

export function contrast(pixels: Pixels, factor: number): Pixels {
  const count = pixels.length * pixels[0].length;
  const means = pixels[0][0].map((_, c) => pixels.flat().reduce((sum, pixel) => sum + pixel[c], 0) / count);
  return each(pixels, (value, _y, _x, c) => means[c] + factor * (value - means[c]));
}

export function fog(pixels: Pixels, thickness: number, plasma: ArrayLike<number>): Pixels {
  const brightest = Math.max(...pixels.flat(2));
  return each(
    pixels,
    (value, y, x) => ((value + thickness * plasma[y * pixels[0].length + x]) * brightest) / (brightest + thickness),
  );
}

/** The smallest k at which the Poisson distribution function reaches that of the normal draw. */
export function poissonQuantile(mean: number, normalDraw: number): number {
  const probability = normalDistribution(normalDraw);
  let term = Math.exp(-mean);
  let sum = term;
  let k = 0;
  while (sum < probability && k < 1000) {
    k++;
    term *= mean / k;
    sum += term;
  }
  return k;
}

/** By Simpson's rule from -9 on. */
function normalDistribution(z: number): number {
  const steps = 4000;
  const width = (z + 9) / steps;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(-9) + density(z);
  for (let i = 1; i < steps; i++) sum += density(-9 + i * width) * (i % 2 ? 4 : 2);
  return (sum * width) / 3;
}

export { normal };
