import type { ColorJitter, Crop, ViewParams } from 'tfjs-nonsemantic-negatives';

/** An image as plain numbers, [row][column][channel]. Everything here is written from the definitions, in float64. */
export type Image = number[][][];

const mapPixels = (image: Image, f: (pixel: number[]) => number[]): Image => image.map((row) => row.map(f));
const clip = (x: number, min = 0, max = 1) => Math.min(max, Math.max(min, x));
const luma = ([r, g, b]: number[]) => 0.299 * r + 0.587 * g + 0.114 * b;

/** The value at a fractional place: the four pixels around it, those beyond the edge being the edge. */
export function bilinear(image: Image, y: number, x: number, channel: number): number {
  const at = (i: number, j: number) => image[clip(i, 0, image.length - 1)][clip(j, 0, image[0].length - 1)][channel];
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [dy, dx] = [y - top, x - left];
  return (
    (1 - dy) * ((1 - dx) * at(top, left) + dx * at(top, left + 1)) +
    dy * ((1 - dx) * at(top + 1, left) + dx * at(top + 1, left + 1))
  );
}

export function resizedCrop(image: Image, crop: Crop, [height, width]: number[], flip: boolean): Image {
  const [sourceHeight, sourceWidth] = [image.length, image[0].length];
  return Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, column) => {
      const j = flip ? width - 1 - column : column;
      const y = crop.top * sourceHeight + ((i + 0.5) * crop.height * sourceHeight) / height - 0.5;
      const x = crop.left * sourceWidth + ((j + 0.5) * crop.width * sourceWidth) / width - 0.5;
      return image[0][0].map((_, channel) => bilinear(image, y, x, channel));
    }),
  );
}

export const brightness = (image: Image, factor: number) =>
  mapPixels(image, (pixel) => pixel.map((v) => clip(factor * v)));

export function contrast(image: Image, factor: number): Image {
  const pixels = image.flat();
  const mean = pixels.reduce((sum, pixel) => sum + luma(pixel), 0) / pixels.length;
  return mapPixels(image, (pixel) => pixel.map((v) => clip(factor * v + (1 - factor) * mean)));
}

export const saturation = (image: Image, factor: number) =>
  mapPixels(image, (pixel) => pixel.map((v) => clip(factor * v + (1 - factor) * luma(pixel))));

export const grayscale = (image: Image) => mapPixels(image, (pixel) => pixel.map(() => luma(pixel)));

/** Through HSV and back, with the case distinctions of the textbook. */
export const hue = (image: Image, turn: number) =>
  mapPixels(image, ([r, g, b]) => {
    const value = Math.max(r, g, b);
    const chroma = value - Math.min(r, g, b);
    if (chroma === 0) return [r, g, b];
    let h = 0;
    if (value === r) h = (g - b) / chroma;
    else if (value === g) h = (b - r) / chroma + 2;
    else h = (r - g) / chroma + 4;
    h = (h / 6 + turn + 2) % 1;
    const s = chroma / value;
    const sector = Math.floor(h * 6);
    const f = h * 6 - sector;
    const [p, q, t] = [value * (1 - s), value * (1 - s * f), value * (1 - s * (1 - f))];
    return [
      [value, t, p],
      [q, value, p],
      [p, value, t],
      [p, q, value],
      [t, p, value],
      [value, p, q],
    ][sector % 6];
  });

export function jitter(image: Image, params: ColorJitter): Image {
  const operations = { brightness, contrast, saturation, hue };
  return params.order.reduce((x, name) => operations[name](x, params[name]), image);
}

/** A two-dimensional Gaussian over (2r + 1)² taps, edges mirrored without repeating the outermost pixel. */
export function gaussianBlur(image: Image, sigma: number): Image {
  if (sigma === 0) return image;
  const [height, width] = [image.length, image[0].length];
  const reach = Math.min(Math.ceil(3 * sigma), height - 1, width - 1);
  const mirror = (i: number, size: number) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i);
  return image.map((row, i) =>
    row.map((pixel, j) =>
      pixel.map((_, channel) => {
        let [sum, total] = [0, 0];
        for (let dy = -reach; dy <= reach; dy++)
          for (let dx = -reach; dx <= reach; dx++) {
            const weight = Math.exp(-(dy * dy + dx * dx) / (2 * sigma * sigma));
            sum += weight * image[mirror(i + dy, height)][mirror(j + dx, width)][channel];
            total += weight;
          }
        return sum / total;
      }),
    ),
  );
}

/** The whole of MoCo v2's augmentation. */
export function view(image: Image, params: ViewParams, size: number[], mean: number[], deviation: number[]): Image {
  let x = resizedCrop(image, params.crop, size, params.flip);
  if (params.jitter) x = jitter(x, params.jitter);
  if (params.grayscale) x = grayscale(x);
  x = gaussianBlur(x, params.blurSigma);
  return mapPixels(x, (pixel) => pixel.map((v, channel) => (v - mean[channel]) / deviation[channel]));
}
