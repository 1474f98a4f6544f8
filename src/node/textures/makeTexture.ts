import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../../support/random';
import { synthesizeTexture } from '../../texture/synthesizeTexture';
import { textureNegative } from '../../transforms/textureNegative';
import type { TextureParams } from '../../transforms/textureParams';
import { decodeImage, type Pixels, type SharpModule } from '../images/decodeImage';
import { limit } from '../limit';
import type { ManifestEntry, TextureOutcome } from './outcome';
import type { TextureSettings } from './settings';
import { Skip, skipUnreadable } from './skip';
import { writeTexture } from './writeTexture';

/** What `textureMaker` needs to know. */
export interface TextureJob {
  input: string;
  out: string;
  settings: TextureSettings;
  /** A folder in `out` for files that are being written. */
  temporary: string;
}

/** Larger images are not read: the pixels of one take at most 300 MB. */
export const limitPixels = 100_000_000;

/** Images that a process decodes, holds or encodes at a time. */
const maxOpenImages = 3;

/**
 * Returns a function that makes the texture of one source: decodes it, cuts its exemplars, synthesizes, encodes,
 * writes.
 *
 * Call it for several sources at once: decoding and encoding use other threads and overlap with synthesis. Each texture
 * is synthesized by itself, so that not even rounding depends on its neighbors.
 *
 * @returns The outcome of a source. Rejects if all others would fail too, as on a full disk.
 */
export function textureMaker(
  sharp: SharpModule['default'],
  job: TextureJob,
): (source: string) => Promise<TextureOutcome> {
  const { settings, input, out } = job;

  async function make(source: string): Promise<TextureOutcome> {
    const path = join(input, source);
    // Appended, not replaced: a.jpg and a.png have textures of their own, and every name leads back to its source.
    const texture = `${source}.${settings.format}`;
    const entry = (height: number, width: number): ManifestEntry => ({
      source,
      texture,
      height,
      width,
      ...sampleParams(source, height, width, settings),
    });
    try {
      if (await isFile(join(out, texture))) {
        const header = await sharp(path, { limitInputPixels: limitPixels }).metadata().catch(skipUnreadable);
        return { status: 'whole', entry: entry(header.autoOrient.height, header.autoOrient.width) };
      }
      const args = { fit: 'fill', background: 'white', channels: 3, limitPixels } as const;
      const pixels = await decodeImage(sharp, path, args).catch(skipUnreadable);
      const made = entry(pixels.shape[0], pixels.shape[1]);
      await writeTexture(job, texture, await encode(sharp, await synthesize(pixels, made, settings), settings));
      return { status: 'made', entry: made };
    } catch (error) {
      if (error instanceof Skip) return { status: 'skipped', kind: error.kind, source, reason: error.reason };
      throw error;
    }
  }
  return limit(maxOpenImages, make);
}

/** Samples exemplars as a function of seed, path and shape alone. */
function sampleParams(source: string, height: number, width: number, settings: TextureSettings): TextureParams {
  const { exemplar, seed } = settings;
  if (Math.min(height, width) < exemplar)
    throw new Skip('too small', `smaller than its exemplars of ${exemplar} pixels (see --exemplar)`);
  return textureNegative({ exemplarSize: exemplar }).sample([height, width, 3], randomStream(seed, source));
}

async function synthesize(
  pixels: Pixels,
  { offsets, seed }: TextureParams,
  { exemplar, size, quality }: TextureSettings,
): Promise<Uint8Array> {
  const texture = tf.tidy(() => {
    const exemplars = offsets.map((corner) =>
      tf.tensor3d(cut(pixels, corner, exemplar), [exemplar, exemplar, 3], 'float32'),
    );
    const group = tf.expandDims(tf.stack(exemplars), 0) as tf.Tensor5D;
    return synthesizeTexture(group, { size, quality, streams: [randomStream(seed, 'texture')] });
  });
  const values = await texture.data();
  texture.dispose();
  return Uint8Array.from(values, Math.round);
}

/** Cuts a square out of an image on the host: a tensor of the whole image would take twelve bytes a pixel. */
function cut({ data, shape }: Pixels, [top, left]: readonly [number, number], side: number): Float32Array {
  const [, width, channels] = shape;
  const values = new Float32Array(side * side * channels);
  for (let y = 0; y < side; y++) {
    const start = ((top + y) * width + left) * channels;
    values.set(data.subarray(start, start + side * channels), y * side * channels);
  }
  return values;
}

function encode(sharp: SharpModule['default'], data: Uint8Array, { size, format }: TextureSettings): Promise<Buffer> {
  const image = sharp(data, { raw: { width: size, height: size, channels: 3 } });
  return image.toFormat(format, format === 'png' ? {} : { quality: 95 }).toBuffer();
}

async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
