import * as tf from '@tensorflow/tfjs';

/** Side in pixels of the pictures as they are shown. */
export const shownSide = 96;
/** Side in pixels of the pictures as they are trained on. */
export const trainedSide = 32;

/** A square picture, on white, in both sizes: int32 RGB in 0 … 255. */
export interface Picture {
  name: string;
  /** For an `img`. */
  url: string;
  shown: Int32Array;
  trained: Int32Array;
}

// Animals, plants and food of Unicode's blocks.
const emojiFiles = import.meta.glob<string>('./1f{33,34,35,36,37,40,41,42,43,95,96,98,99,9a}?.webp', {
  base: '../../node_modules/@lobehub/fluent-emoji-3d/assets',
  eager: true,
  query: '?url',
  import: 'default',
});

/** Microsoft's Fluent emoji of animals, plants and food; each is named by its character, which screen readers read. */
export function emojiPictures(): Promise<Picture[]> {
  return Promise.all(
    Object.entries(emojiFiles).map(async ([file, url]) => {
      const code = Number.parseInt(file.match(/([0-9a-f]+)\.webp$/)![1], 16);
      const blob = await (await fetch(url)).blob();
      return { ...toPicture(await createImageBitmap(blob)), name: String.fromCodePoint(code), url };
    }),
  );
}

/** Reads a visitor's file. @throws an Error that says what is wrong with it. */
export async function filePicture(file: File): Promise<Picture> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.name} is not a picture that this browser can read.`);
  }
  const { width, height } = bitmap;
  if (Math.min(width, height) < trainedSide)
    throw new Error(`${file.name} has ${width} × ${height} pixels; the minimum is ${trainedSide} × ${trainedSide}.`);
  return { ...toPicture(bitmap), name: file.name, url: URL.createObjectURL(file) };
}

export function releasePicture({ url }: Picture): void {
  if (url.startsWith('blob:')) URL.revokeObjectURL(url);
}

/** All pictures as one int32 batch `[N, 32, 32, 3]`. */
export function toBatch(pictures: readonly Picture[]): tf.Tensor4D {
  const length = trainedSide * trainedSide * 3;
  const pixels = new Int32Array(pictures.length * length);
  pictures.forEach(({ trained }, i) => {
    pixels.set(trained, i * length);
  });
  return tf.tensor4d(pixels, [pictures.length, trainedSide, trainedSide, 3], 'int32');
}

function toPicture(bitmap: ImageBitmap): Pick<Picture, 'shown' | 'trained'> {
  const picture = { shown: readPixels(bitmap, shownSide), trained: readPixels(bitmap, trainedSide) };
  bitmap.close();
  return picture;
}

/** The largest centered square, at `side` pixels. */
function readPixels(bitmap: ImageBitmap, side: number): Int32Array {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = 'high';
  const { width, height } = bitmap;
  const square = Math.min(width, height);
  context.drawImage(bitmap, (width - square) / 2, (height - square) / 2, square, square, 0, 0, side, side);
  const rgba = context.getImageData(0, 0, side, side).data;
  return Int32Array.from({ length: side * side * 3 }, (_, i) => rgba[Math.floor(i / 3) * 4 + (i % 3)]);
}
