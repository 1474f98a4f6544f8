import * as tf from '@tensorflow/tfjs-core';
import { type ImageFolderArgs, imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { coordinates, spoilScanHeader } from '../support/makeImage';
import { folderOf } from '../support/temporaryFolder';

async function pixelsOf(jpeg: Uint8Array, args: ImageFolderArgs = {}): Promise<number[]> {
  const { xs, ys } = (await (await imageFolder(folderOf({ 'photo.jpg': jpeg }), args)).get(0))!;
  const values = Array.from(await xs.data());
  tf.dispose([xs, ys]);
  return values;
}

const photo = (options = {}) => coordinates(24, 31).jpeg(options).toBuffer();

describe('a wrong byte in the scan header, as some phones write', () => {
  const bytes = [0, 1, 2] as const;
  const cases = bytes.flatMap((which) => [1, 62, 200].map((value) => [which, value] as const));

  test.each(cases)('changes no pixel: byte %i is %i', async (which, value) => {
    const jpeg = await photo();
    const spoilt = spoilScanHeader(jpeg, which, value);
    expect(spoilt.equals(jpeg)).toBe(false);
    expect(await pixelsOf(spoilt)).toEqual(await pixelsOf(jpeg));
    expect(await pixelsOf(spoilt, { failOn: 'error' })).toEqual(await pixelsOf(jpeg));
    expect(await pixelsOf(spoilt, { size: 8, channels: 1 })).toEqual(await pixelsOf(jpeg, { size: 8, channels: 1 }));
  });

  test('hides no other damage', async () => {
    const jpeg = spoilScanHeader(await photo(), 0, 9);
    const cut = folderOf({ 'cut.jpg': jpeg.subarray(0, jpeg.length - 60) });
    await expect((await imageFolder(cut)).get(0)).rejects.toThrow('premature end of JPEG image');
  });

  test('of a progressive JPEG is damage', async () => {
    const jpeg = spoilScanHeader(await photo({ progressive: true }), 0, 9);
    await expect(pixelsOf(jpeg)).rejects.toMatchObject({ name: 'FileError' });
  });
});

test('failOn decides about a file whose decoder only warns', async () => {
  const jpeg = await photo();
  // Bytes between two segments, which libjpeg skips with a warning.
  const table = jpeg.indexOf(Buffer.from([0xff, 0xc4]));
  const padded = Buffer.concat([jpeg.subarray(0, table), Buffer.from([1, 2, 3]), jpeg.subarray(table)]);
  await expect(pixelsOf(padded)).rejects.toThrow('3 extraneous bytes before marker 0xc4');
  expect(await pixelsOf(padded, { failOn: 'error' })).toEqual(await pixelsOf(jpeg));
  await expect(pixelsOf(padded, { failOn: 'none' as 'error' })).rejects.toThrow(
    'Expected one of "warning", "error" for option failOn, received "none".',
  );
});

test('a folder whose images are all skipped causes an error, not an empty dataset', async () => {
  const dir = folderOf({ 'a.jpg': Buffer.from('no image'), 'b.jpg': Buffer.alloc(0) });
  const images = await imageFolder(dir, { onError: 'skip' });
  await expect(images.toDataset().toArray()).rejects.toThrow(
    'Expected at least one readable image for the source of toDataset(), received 2 skipped.',
  );
  expect(images.skipped).toHaveLength(2);
});
