import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { type ImageFolder, type ImageFolderArgs, imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { animation, coordinates, plain, promisedPng } from '../support/makeImage';
import { folderOf } from '../support/temporaryFolder';

const png = (color: readonly number[], height?: number, width?: number) => plain(color, height, width).png().toBuffer();

/** Shape, type and values of one image; nothing of it stays alive. */
async function look(images: ImageFolder, index = 0) {
  const element = await images.get(index);
  if (!element) return undefined;
  const { xs, ys } = element;
  const seen = {
    shape: xs.shape,
    dtype: xs.dtype,
    values: Array.from(await xs.data()),
    ys: Array.from(await ys.data()),
  };
  tf.dispose([xs, ys]);
  return seen;
}

/** The one image of a folder with one file. */
async function lookAt(file: string, content: Uint8Array, options?: ImageFolderArgs) {
  return (await look(await imageFolder(folderOf({ [file]: content }), options)))!;
}

describe('pixels', () => {
  test('are int32 [H, W, C] of 0..255, to the bit of a lossless file', async () => {
    const content = await coordinates(5, 7).png().toBuffer();
    const expected = Array.from(await coordinates(5, 7).raw().toBuffer());
    expect(await lookAt('a.png', content)).toEqual({ shape: [5, 7, 3], dtype: 'int32', values: expected, ys: [0] });
  });

  test('are float32 of 0..1 on request', async () => {
    const { dtype, values } = await lookAt('a.png', await png([0, 51, 255], 1, 1), { dtype: 'float32' });
    expect(dtype).toBe('float32');
    expect(values).toEqual([0, Math.fround(0.2), 1]);
  });

  test.each([
    ['a.jpg', () => plain([200, 100, 50]).jpeg({ quality: 100 }), 3],
    ['a.png', () => plain([200, 100, 50]).png(), 0],
    ['a.webp', () => plain([200, 100, 50]).webp({ lossless: true }), 0],
    ['a.gif', () => plain([200, 100, 50]).gif(), 0],
    ['a.tiff', () => plain([200, 100, 50]).tiff({ compression: 'lzw' }), 0],
    ['a.avif', () => plain([200, 100, 50]).avif({ lossless: true }), 3],
    ['A.JPEG', () => plain([200, 100, 50]).jpeg({ quality: 100 }), 3],
    ['a-png-in-truth.jpg', () => plain([200, 100, 50]).png(), 0],
    ['palette.png', () => plain([200, 100, 50]).png({ palette: true }), 0],
    ['progressive.jpg', () => plain([200, 100, 50]).jpeg({ quality: 100, progressive: true }), 3],
    ['interlaced.png', () => plain([200, 100, 50]).png({ progressive: true }), 0],
  ])('%s reads as the color it shows', async (name, make, tolerance) => {
    const { shape, values } = await lookAt(name, await make().toBuffer());
    expect(shape).toEqual([8, 8, 3]);
    values.forEach((value, i) => void expect(Math.abs(value - [200, 100, 50][i % 3])).toBeLessThanOrEqual(tolerance));
  });

  test('16 bits become 8', async () => {
    const samples = Uint16Array.from({ length: 12 }, (_, i) => [100, 50, 255][i % 3] * 257);
    const image = sharp(samples, { raw: { width: 2, height: 2, channels: 3 } })
      .toColorspace('rgb16')
      .png();
    const content = await image.toBuffer();
    expect((await sharp(content).metadata()).depth).toBe('ushort');
    expect((await lookAt('a.png', content)).values.slice(0, 3)).toEqual([100, 50, 255]);
  });

  test('16-bit gray becomes 8-bit RGB', async () => {
    const samples = Uint16Array.from({ length: 4 }, () => 100 * 257);
    const image = sharp(samples, { raw: { width: 2, height: 2, channels: 1 } })
      .toColorspace('gray16')
      .png();
    expect((await lookAt('a.png', await image.toBuffer())).values).toEqual(Array(12).fill(100));
  });

  test('CMYK becomes sRGB', async () => {
    const content = await plain([200, 30, 60]).toColorspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect(await sharp(content).metadata()).toMatchObject({ space: 'cmyk', channels: 4 });
    const { shape, values } = await lookAt('a.jpg', content);
    expect(shape).toEqual([8, 8, 3]);
    // The gamut of ink is smaller: near, not equal.
    [200, 30, 60].forEach((value, i) => void expect(Math.abs(values[i] - value)).toBeLessThan(30));
  });

  test('a color profile is converted to sRGB', async () => {
    const content = await plain([200, 100, 50]).withIccProfile('p3').png().toBuffer();
    expect((await sharp(content).metadata()).icc).toBeDefined();
    const { values } = await lookAt('a.png', content);
    [200, 100, 50].forEach((value, i) => void expect(Math.abs(values[i] - value)).toBeLessThanOrEqual(2));
  });

  test('one channel becomes three, and three become one', async () => {
    expect((await lookAt('gray.png', await png([77], 1, 1))).values).toEqual([77, 77, 77]);
    const gray = await plain([77], 1, 1).toColorspace('b-w').png().toBuffer();
    expect((await sharp(gray).metadata()).channels).toBe(1);
    expect((await lookAt('gray.png', gray)).values).toEqual([77, 77, 77]);
    expect(await lookAt('gray.png', gray, { channels: 1 })).toMatchObject({ shape: [1, 1, 1], values: [77] });
    const color = await lookAt('color.png', await png([0, 255, 0], 1, 1), { channels: 1 });
    expect(color.shape).toEqual([1, 1, 1]);
    expect(color.values[0]).toBeGreaterThan(150);
    expect(color.values[0]).toBeLessThan(230);
  });

  test('transparency lies on white, or on the background option', async () => {
    const half = await png([200, 0, 0, 128], 1, 1);
    expect((await lookAt('a.png', await png([9, 9, 9, 0], 1, 1))).values).toEqual([255, 255, 255]);
    const [red, green] = (await lookAt('a.png', half)).values;
    expect(Math.abs(red - (200 * 128 + 255 * 127) / 255)).toBeLessThan(1.5);
    expect(Math.abs(green - 127)).toBeLessThan(1.5);
    expect((await lookAt('a.png', await png([9, 9, 9, 0], 1, 1), { background: '#00f' })).values).toEqual([0, 0, 255]);
    expect(await lookAt('a.png', await png([90, 0], 1, 1), { channels: 1 })).toMatchObject({ values: [255] });
  });

  test('EXIF rotation is applied, before resizing', async () => {
    const content = await coordinates(4, 6).withMetadata({ orientation: 6 }).png().toBuffer();
    const { shape, values } = await lookAt('a.png', content);
    expect(shape).toEqual([6, 4, 3]);
    // A quarter turn clockwise: the upper left pixel was the lower left one.
    expect(values.slice(0, 3)).toEqual([0, 3, 100]);
    expect((await lookAt('a.png', content, { size: [6, 4] })).values).toEqual(values);
  });

  test.each(['gif', 'webp'] as const)('an animated %s is its first picture', async (format) => {
    const content = await (await animation()).toFormat(format, { lossless: true }).toBuffer();
    expect((await sharp(content).metadata()).pages).toBe(2);
    const { shape, values } = await lookAt(`a.${format}`, content);
    expect(shape).toEqual([8, 8, 3]);
    expect(values.slice(0, 3)).toEqual([255, 0, 0]);
  });
});

describe('size', () => {
  // Left half red, right half blue, twice as wide as high.
  const twoHalves = () =>
    sharp({ create: { width: 32, height: 16, channels: 3, background: '#f00' } })
      .composite([{ input: { create: { width: 16, height: 16, channels: 3, background: '#00f' } }, left: 16, top: 0 }])
      .png()
      .toBuffer();
  const corner = (values: number[]) => values.slice(0, 3);

  test('a number makes squares, a pair [height, width]', async () => {
    const content = await twoHalves();
    expect((await lookAt('a.png', content, { size: 8 })).shape).toEqual([8, 8, 3]);
    expect((await lookAt('a.png', content, { size: [4, 6] })).shape).toEqual([4, 6, 3]);
    expect((await lookAt('a.png', content, { size: 100 })).shape).toEqual([100, 100, 3]);
    expect((await lookAt('a.png', content)).shape).toEqual([16, 32, 3]);
  });

  test('cover cuts, contain pads with the background, fill stretches', async () => {
    const content = await twoHalves();
    const cover = (await lookAt('a.png', content, { size: 16 })).values;
    expect(corner(cover)).toEqual([255, 0, 0]);
    const contain = (await lookAt('a.png', content, { size: 32, fit: 'contain', background: '#0f0' })).values;
    expect(corner(contain)).toEqual([0, 255, 0]);
    const fill = (await lookAt('a.png', content, { size: 32, fit: 'fill' })).values;
    expect(corner(fill)).toEqual([255, 0, 0]);
    expect(fill.slice(-3)).toEqual([0, 0, 255]);
  });

  test('one pixel, and a line of 30,000, fit as well', async () => {
    expect((await lookAt('a.png', await png([1, 2, 3], 1, 1), { size: 4 })).values.slice(0, 3)).toEqual([1, 2, 3]);
    expect((await lookAt('a.png', await png([1, 2, 3], 1, 30_000), { size: 4 })).values.slice(0, 3)).toEqual([1, 2, 3]);
    expect((await lookAt('a.png', await png([1, 2, 3], 1, 30_000))).shape).toEqual([1, 30_000, 3]);
  });
});

describe('files that cannot be read', () => {
  const photo = () => coordinates(64, 64).jpeg().toBuffer();
  const noise = async () => {
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 2654435761) >>> 24);
    return sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
  };
  const cut = async (content: Promise<Buffer>, share: number) => {
    const whole = await content;
    return whole.subarray(0, Math.round(whole.length * share));
  };
  const bad: [string, string, () => Promise<Uint8Array> | Uint8Array, RegExp][] = [
    ['zero bytes', 'a.jpg', () => new Uint8Array(), /the file is empty \(0 bytes\)/],
    ['text', 'a.jpg', () => Buffer.from('no image'), /it is not a JPEG, PNG, WebP, GIF, TIFF or AVIF image/],
    ['one byte', 'a.jpg', () => Buffer.from([0xff]), /it is not a JPEG/],
    ['SVG called PNG', 'a.png', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /it is not a JPEG/],
    ['a truncated JPEG', 'a.jpg', () => cut(noise(), 0.5), /premature end of JPEG/i],
    ['a JPEG without its last bytes', 'a.jpg', () => cut(noise(), 0.98), /premature end of JPEG/i],
    ['a JPEG header alone', 'a.jpg', () => cut(photo(), 0.1), /JPEG|jpeg/],
    ['a truncated PNG', 'a.png', () => cut(coordinates(64, 64).png().toBuffer(), 0.6), /png/i],
    ['a truncated WebP', 'a.webp', () => cut(coordinates(64, 64).webp().toBuffer(), 0.6), /webp|corrupt/i],
    ['more pixels than allowed', 'a.png', () => promisedPng(20_000, 20_000), /pixel limit/],
  ];

  test.each(bad)('%s: the error names the file and the reason', async (_, name, make, reason) => {
    const dir = folderOf({ [name]: await make() });
    const images = await imageFolder(dir);
    const before = tf.memory().numTensors;
    const failure = expect(images.get(0)).rejects;
    await failure.toThrow(reason);
    await expect(images.get(0)).rejects.toMatchObject({ name: 'FileError', path: join(dir, name) });
    await expect(images.get(0)).rejects.toThrow(`Cannot read the image ${JSON.stringify(join(dir, name))}: `);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(bad)('%s: can be skipped, with its path and reason', async (_, name, make, reason) => {
    const dir = folderOf({ [name]: await make(), 'good.png': await png([1, 2, 3]) });
    const images = await imageFolder(dir, { onError: 'skip' });
    const index = images.paths.indexOf(join(dir, name));
    expect(images.skipped).toEqual([]);
    expect(await images.get(index)).toBeUndefined();
    expect(await images.get(index)).toBeUndefined();
    expect((await look(images, 1 - index))?.shape).toEqual([8, 8, 3]);
    expect(images.skipped).toEqual([{ path: join(dir, name), reason: expect.stringMatching(reason) }]);
  });

  test('limitPixels is an option', async () => {
    const dir = folderOf({ 'a.png': await png([1, 2, 3], 10, 10) });
    await expect((await imageFolder(dir, { limitPixels: 99 })).get(0)).rejects.toThrow('pixel limit');
    expect((await look(await imageFolder(dir, { limitPixels: 100 })))?.shape).toEqual([10, 10, 3]);
  });

  test('a file that changed or disappeared meanwhile is read as it is now', async () => {
    const dir = folderOf({ 'a.png': await png([1, 2, 3]) });
    const images = await imageFolder(dir, { cacheBytes: 0 });
    expect((await look(images))?.values.slice(0, 3)).toEqual([1, 2, 3]);
    await plain([7, 8, 9]).png().toFile(join(dir, 'a.png'));
    expect((await look(images))?.values.slice(0, 3)).toEqual([7, 8, 9]);
    truncateSync(join(dir, 'a.png'));
    await expect(images.get(0)).rejects.toThrow('the file is empty');
  });

  test('a large image is decoded in a bounded amount of memory', async () => {
    const content = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
    const before = process.memoryUsage().rss;
    const { values } = await lookAt('a.png', content, { size: 2 });
    expect(values.slice(0, 3)).toEqual([0x11, 0x22, 0x33]);
    // Decoded as a whole it would be 432 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});

describe('get', () => {
  test.each([-1, 1, 0.5, Number.NaN, undefined as unknown as number])('refuses the index %p', async (index) => {
    const images = await imageFolder(folderOf({ 'a.png': await png([1, 2, 3]) }));
    await expect(images.get(index)).rejects.toThrow(
      `Expected an integer of 0 to 0 for input index, received ${index}.`,
    );
  });

  test('makes two tensors, which are the caller’s', async () => {
    const images = await imageFolder(folderOf({ 'a.png': await png([1, 2, 3]) }), { size: 4, dtype: 'float32' });
    const before = tf.memory().numTensors;
    tf.dispose(await images.get(0));
    const element = await images.get(0);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(element);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('cacheBytes', () => {
  const twoImages = async () => folderOf({ 'a.png': await png([1, 2, 3]), 'b.png': await png([4, 5, 6]) });
  const withoutFiles = async (dir: string, images: ImageFolder) => {
    const whole = [await look(images, 0), await look(images, 0), await look(images, 1)];
    for (const name of ['a.png', 'b.png']) rmSync(join(dir, name));
    const again = [0, 1].map(async (index) => (await look(images, index).catch(() => 'gone')) as (typeof whole)[0]);
    return { whole, again: await Promise.all(again) };
  };

  test('images are decoded once', async () => {
    const dir = await twoImages();
    const { whole, again } = await withoutFiles(dir, await imageFolder(dir, { dtype: 'float32' }));
    expect(again).toEqual([whole[0], whole[2]]);
    expect(whole[1]).toEqual(whole[0]);
  });

  test('as long as they fit', async () => {
    const dir = await twoImages();
    const { whole, again } = await withoutFiles(dir, await imageFolder(dir, { cacheBytes: 2 * 8 * 8 * 3 - 1 }));
    expect(again).toEqual([whole[0], 'gone']);
  });
});

describe('toDataset', () => {
  const folder = async (bad: number[] = []) => {
    const files: Record<string, Uint8Array | string> = {};
    for (let i = 0; i < 20; i++) {
      const name = `${i < 10 ? 'even' : 'odd'}/${String(i).padStart(2, '0')}.png`;
      files[name] = bad.includes(i) ? 'no image' : await png([i, 0, 0], 2, 2);
    }
    return folderOf(files);
  };
  const reds = async (images: ImageFolder) => {
    const seen: number[][] = [];
    await images.toDataset().forEachAsync(({ xs, ys }) => {
      seen.push([xs.dataSync()[0], ys.dataSync()[0]]);
      tf.dispose([xs, ys]);
    });
    return seen;
  };

  test('gives all images with their labels in listing order, every time', async () => {
    const images = await imageFolder(await folder());
    const expected = Array.from({ length: 20 }, (_, i) => [i, i < 10 ? 0 : 1]);
    const before = tf.memory().numTensors;
    expect(await reds(images)).toEqual(expected);
    expect(await reds(images)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('batches to [N, H, W, C] and [N, 1]', async () => {
    const images = await imageFolder(await folder(), { size: 4 });
    const [batch] = (await images.toDataset().batch(8).take(1).toArray()) as { xs: tf.Tensor; ys: tf.Tensor }[];
    expect([batch.xs.shape, batch.xs.dtype, batch.ys.shape]).toEqual([[8, 4, 4, 3], 'int32', [8, 1]]);
    tf.dispose(batch);
  });

  test('leaves out skipped images', async () => {
    const images = await imageFolder(await folder([0, 7, 19]), { onError: 'skip' });
    expect((await reds(images)).map(([red]) => red)).toEqual([
      1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
    ]);
    expect(images.skipped.map(({ path }) => path)).toEqual([images.paths[0], images.paths[7], images.paths[19]]);
  });

  test('leaks nothing at an unreadable file or when the consumer stops early', async () => {
    const images = await imageFolder(await folder([5]));
    const before = tf.memory().numTensors;
    await expect(reds(images)).rejects.toThrow('05.png');
    const [first] = await images.toDataset().take(1).toArray();
    tf.dispose(first as unknown as tf.TensorContainer);
    // What was still being decoded arrives after this, and must not become tensors (or an unhandled rejection).
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('decodes several images at a time', async () => {
    const images = await imageFolder(await folder());
    let running = 0;
    let maxRunning = 0;
    const reader = images as unknown as { read(index: number): Promise<unknown> };
    const read = reader.read.bind(images);
    reader.read = async (index) => {
      maxRunning = Math.max(maxRunning, ++running);
      return read(index).finally(() => running--);
    };
    await reds(images);
    expect(maxRunning).toBeGreaterThan(3);
    expect(maxRunning).toBeLessThanOrEqual(8);
  });
});

test('without sharp the error gives the npm i line', async () => {
  jest.doMock('sharp', () => {
    throw Object.assign(new Error("Cannot find package 'sharp' imported from here"), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  const opening = imageFolder(folderOf({ 'a.png': '' }));
  await expect(opening).rejects.toThrow('imageFolder needs the package sharp, which is not installed: npm i sharp.');
  await expect(opening).rejects.toMatchObject({ name: 'PackageError', packageName: 'sharp' });
  jest.dontMock('sharp');
});

describe('options', () => {
  const dir = folderOf({ 'a.png': 'never decoded' });
  test.each<[object, string]>([
    [{ size: 0 }, 'Expected an integer of at least 1 and of at most 16384 for option size, received 0.'],
    [{ size: [8] }, 'Expected a number or [height, width] for option size, received [8].'],
    [{ size: '64' }, 'for option size, received "64".'],
    [{ fit: 'inside' }, 'Expected one of "cover", "contain", "fill" for option fit, received "inside".'],
    [
      { background: 'whiet' },
      `Expected a CSS color such as 'white' or '#fff' for option background, received "whiet".`,
    ],
    [{ background: 7 }, 'for option background, received 7.'],
    [{ channels: 4 }, 'Expected one of 1, 3 for option channels, received 4.'],
    [{ dtype: 'uint8' }, 'for option dtype, received "uint8".'],
    [{ onError: 'ignore' }, 'Expected one of "throw", "skip" for option onError, received "ignore".'],
    [{ limitPixels: 0 }, 'for option limitPixels, received 0.'],
    [{ cacheBytes: -1 }, 'for option cacheBytes, received -1.'],
    [{ followSymlinks: 1 }, 'Expected one of true, false for option followSymlinks, received 1.'],
    [{ extensions: 'jpg' }, `Expected a list such as ['.jpg', '.png'] for option extensions, received "jpg".`],
    [{ extensions: [] }, 'for option extensions, received [].'],
    [{ extensions: ['jpg'] }, 'for option extensions, received ["jpg"].'],
    [{ sise: 8 }, 'for the options of imageFolder(), received "sise".'],
  ])('%p is refused', async (options, message) => {
    const failure = imageFolder(dir, options);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ name: 'ArgumentError' });
  });

  test('undefined is the default', async () => {
    expect((await imageFolder(dir, { size: undefined, fit: undefined, extensions: undefined })).size).toBe(1);
  });
});
