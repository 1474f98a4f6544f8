import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { randomStream, synthesizeTexture } from 'tfjs-nonsemantic-negatives';
import { checkPrecision } from '../../src/texture/checkPrecision';
import { imagesAtOnce, planTexture } from '../../src/texture/plan';
import { buildPyramid } from '../../src/texture/pyramid';
import { render } from '../../src/texture/render';
import { synthesize, synthesizeInChunks } from '../../src/texture/synthesis';
import { type Sources, tableRow } from '../../src/texture/table';
import { upsample } from '../../src/texture/upsample';

/** Two exemplars an image, with stripes, blobs and noise of its own. */
function exemplarsOf(images: number, size = 16, channels = 3): tf.Tensor5D {
  const values: number[] = [];
  for (let n = 0; n < images; n++) {
    const random = randomStream('exemplars', n);
    for (let e = 0; e < 2; e++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++)
          for (let c = 0; c < channels; c++)
            values.push(0.5 + 0.3 * Math.sin((x + n) / 2 + e * y + c) + 0.2 * (random() - 0.5));
  }
  return tf.tensor5d(values, [images, 2, size, size, channels]);
}

/** The same numbers as `exemplarsOf(images)` for the rows from `first` on. */
const row = (exemplars: tf.Tensor5D, i: number) => tf.slice(exemplars, i, 1);

describe('synthesizeTexture', () => {
  test.each([
    [32, 16, 3, 'high'],
    [24, 16, 1, 'fast'],
    [[10, 21], 12, 4, 'high'],
    [9, 8, 3, 'high'],
    [26, 31, 3, 'fast'],
    [[41, 30], 63, 1, 'high'],
  ] as const)('gives size %p from exemplars of %d pixels and %d channels (%s)', (size, m, channels, quality) => {
    const exemplars = exemplarsOf(2, m, channels);
    const texture = synthesizeTexture(exemplars, { size, quality });
    const [height, width] = typeof size === 'number' ? [size, size] : size;
    expect(texture.shape).toEqual([2, height, width, channels]);
    const values = texture.dataSync();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.min(...exemplars.dataSync()));
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.max(...exemplars.dataSync()));
  });

  test('keeps a constant image constant, whatever its value', () => {
    const values = [0.25, -3, 100];
    const exemplars = tf.tile(tf.reshape(tf.tensor1d(values), [3, 1, 1, 1, 1]), [1, 2, 12, 12, 3]) as tf.Tensor5D;
    const texture = synthesizeTexture(exemplars, { size: 16 });
    for (const [i, value] of values.entries())
      for (const v of tf.slice(texture, i, 1).dataSync()) expect(Math.abs(v / value - 1)).toBeLessThan(1e-6);
  });

  test('shows everywhere what the exemplars show somewhere', () => {
    // Exemplars of two flat colors in stripes: a texture of them has those colors and, at seams, mixtures of both.
    const stripes = tf.tensor3d(
      Array.from({ length: 16 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 8 < 4 ? i % 3 : 2 - (i % 3))),
      [16, 16, 3],
    );
    const exemplars = tf.stack([tf.stack([stripes, stripes])]) as tf.Tensor5D;
    const texture = synthesizeTexture(exemplars, { size: 32, quality: 'high' });
    const pixels = texture.dataSync();
    let near = 0;
    for (let i = 0; i < pixels.length; i += 3) {
      const distance = (r: number, g: number, b: number) =>
        Math.hypot(pixels[i] - r, pixels[i + 1] - g, pixels[i + 2] - b);
      if (Math.min(distance(0, 1, 2), distance(2, 1, 0)) < 0.5) near++;
    }
    expect(near / (pixels.length / 3)).toBeGreaterThan(0.8);
  });

  test.each(['high', 'fast'] as const)('gives an image the same bytes alone and in a batch (%s)', (quality) => {
    const exemplars = exemplarsOf(3, 8);
    const streams = () => Array.from({ length: 3 }, (_, i) => randomStream('an image', i));
    const together = synthesizeTexture(exemplars, { size: 14, quality, streams: streams() });
    for (const i of [0, 2]) {
      const alone = synthesizeTexture(row(exemplars, i), { size: 14, quality, streams: [streams()[i]] });
      expect(alone.dataSync()).toEqual(tf.slice(together, i, 1).dataSync());
    }
  });

  test('depends on the seed and the row', () => {
    const exemplars = tf.concat([exemplarsOf(1, 8), exemplarsOf(1, 8)]);
    const draw = (seed?: number) => synthesizeTexture(exemplars, { size: 16, seed, quality: 'fast' }).dataSync();
    expect(draw(0)).toEqual(draw());
    expect(draw(1)).not.toEqual(draw(0));
    const both = draw();
    const half = both.length / 2;
    expect(both.slice(0, half)).not.toEqual(both.slice(half));
  });

  test('moves and scales with the values, as after normalization', () => {
    const exemplars = exemplarsOf(1, 12);
    const plain = synthesizeTexture(exemplars, { size: 16 });
    const normalized = synthesizeTexture(tf.sub(tf.mul(exemplars, 4), 2), { size: 16 });
    expect(tf.max(tf.abs(tf.sub(tf.sub(tf.mul(plain, 4), 2), normalized))).dataSync()[0]).toBeLessThan(1e-5);
  });

  test('splits a batch that is too large for exact indices, with the same result', () => {
    const request = { exemplars: 2, channels: 3, quality: 'fast' as const };
    const large = planTexture({ ...request, exemplarSize: 96, size: [224, 224] });
    expect(imagesAtOnce(large)).toBe(41);
    const wide = planTexture({ ...request, exemplarSize: 8, size: [8, 2 ** 18 + 1] });
    expect(imagesAtOnce(wide)).toBe(1);
    const exemplars = exemplarsOf(3, 8);
    const plan = planTexture({ ...request, exemplarSize: 8, size: [12, 12] });
    const streams = () => [0, 1, 2].map((i) => randomStream('split', i));
    const whole = synthesizeInChunks(exemplars, streams(), plan, 3);
    expect(synthesizeInChunks(exemplars, streams(), plan, 2).dataSync()).toEqual(whole.dataSync());
  });

  test('reports each stage with its sources, and renders the same texture from them', () => {
    const exemplars = exemplarsOf(1, 48);
    const plan = planTexture({ exemplars: 2, channels: 3, quality: 'fast', exemplarSize: 48, size: [40, 40] });
    const stages: string[] = [];
    const observed = synthesize(exemplars, [randomStream('stages')], plan, (stage, sources, level) => {
      stages.push(`${stage} ${level}`);
      expect(sources.shape[1]).toBe(plan.grid[0] * plan.patch * 2 ** (plan.exemplarSizes.length - 1 - level));
    });
    expect(stages).toEqual([
      ...['mosaic 1', 'patch pass 1', 'patch pass 1', 'correction 1'],
      ...['upsampling 0', 'correction 0'],
    ]);
    const plain = synthesizeInChunks(exemplars, [randomStream('stages')], plan, 1);
    expect(observed.dataSync()).toEqual(plain.dataSync());
  });

  test('renders a block of pixels a source as it renders the pixels one by one', () => {
    const exemplars = tf.sub(exemplarsOf(2, 63), 0.5) as tf.Tensor5D;
    const request = { exemplars: 2, channels: 3, quality: 'high' as const, exemplarSize: 63 };
    const plan = { ...planTexture({ ...request, size: [16, 24] }), votes: [[0, 0]] as const };
    expect(plan.block).toBe(2);
    const [fine, coarse] = buildPyramid(exemplars, plan);
    const random = randomStream('sources');
    const draw = (length: number) => Math.floor(random() * length);
    const rows = Array.from({ length: 2 * 8 * 12 }, (_, i) =>
      tableRow(2 * Math.floor(i / 96) + draw(2), draw(31), draw(31), coarse.stride),
    );
    const sources = tf.tensor4d(rows, [2, 8, 12, 1], 'int32') as Sources;
    const blocks = render(exemplars, sources, coarse, plan);
    const pixels = render(exemplars, upsample(sources, coarse, fine), fine, { ...plan, block: 1 });
    expect(blocks.shape).toEqual([2, 16, 24, 3]);
    expect(tf.max(tf.abs(tf.sub(blocks, pixels))).dataSync()[0]).toBeLessThan(1e-5);
    expect(tf.min(blocks).dataSync()[0]).toBeLessThan(0);
  });

  test('makes the same texture on every backend', () => {
    const golden = JSON.parse(readFileSync(join(__dirname, '../fixtures/texture.json'), 'utf8')) as number[];
    const texture = synthesizeTexture(exemplarsOf(1, 12), { size: 16 }).dataSync();
    let equal = 0;
    for (let i = 0; i < golden.length; i += 3) {
      const near = (c: number) => Math.abs(texture[i + c] - golden[i + c] / 255) <= 1 / 255;
      if (near(0) && near(1) && near(2)) equal++;
    }
    expect(equal / (golden.length / 3)).toBeGreaterThanOrEqual(0.95);
  });

  test('shows each exemplar on half of the texture', () => {
    const [dark, light] = [tf.fill([16, 16, 3], 0.1), tf.fill([16, 16, 3], 0.9)];
    const texture = synthesizeTexture(tf.stack([tf.stack([dark, light])]) as tf.Tensor5D, { size: 32, seed: 3 });
    expect(Math.abs(tf.mean(texture).dataSync()[0] - 0.5)).toBeLessThan(0.1);
  });

  test('leaks nothing and reads nothing back', () => {
    const exemplars = exemplarsOf(2, 8);
    synthesizeTexture(exemplars, { size: 12 }).dispose();
    const before = tf.memory().numTensors;
    const read = jest.spyOn(tf.backend(), 'readSync');
    const texture = synthesizeTexture(exemplars, { size: 12 });
    // On cpu and wasm a tensor's memory is the host's: slices and the like read it.
    if (!['cpu', 'wasm'].includes(tf.getBackend())) expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    expect(tf.memory().numTensors).toBe(before + 1);
    texture.dispose();
  });

  test('launches few kernels, whatever the batch', async () => {
    const kernels = async (images: number, quality: 'fast' | 'high') => {
      const exemplars = exemplarsOf(images, 62);
      const profile = await tf.profile(() => synthesizeTexture(exemplars, { size: 18, quality }));
      return profile.kernels.length;
    };
    // WebGPU's minimum takes six kernels more in each of two patch passes.
    const more = tf.getBackend() === 'webgpu' ? 12 : 0;
    expect(await kernels(1, 'high')).toBeLessThanOrEqual(280 + more);
    const fast = await kernels(1, 'fast');
    expect(fast).toBeLessThanOrEqual(243 + more);
    // Not exactly equal: some backends launch one kernel more or less for particular shapes.
    expect(Math.abs((await kernels(2, 'fast')) - fast)).toBeLessThan(5);
  });

  test('names what is wrong with its input', () => {
    const exemplars = exemplarsOf(1);
    const call = (x: unknown, args: object) => () => synthesizeTexture(x as tf.Tensor5D, args as { size: number });
    expect(call(tf.zeros([2, 16, 16, 3]), { size: 32 })).toThrow(
      'Expected a float32 tensor of shape [N, E, m, m, C] for input exemplars, received a float32 tensor of shape [2, 16, 16, 3].',
    );
    expect(call(tf.zeros([1, 2, 7, 7, 3]), { size: 32 })).toThrow(
      'Expected exemplars of at least 8 pixels a side for input exemplars, received 7.',
    );
    expect(call(tf.zeros([1, 2, 16, 12, 3]), { size: 32 })).toThrow('square exemplars');
    expect(call(exemplars, {})).toThrow('option size');
    expect(call(exemplars, { size: 0 })).toThrow('Expected an integer of at least 1 for option size, received 0.');
    expect(call(exemplars, { size: 8, quality: 'best' })).toThrow('one of "fast", "high" for option quality');
    expect(call(exemplars, { size: 8, streams: [] })).toThrow('one stream for each of 1 textures');
    expect(call(exemplars, { size: 8, speed: 2 })).toThrow('speed');
  });

  test('refuses a device with 16-bit floats only', () => {
    const plan = planTexture({ exemplars: 2, channels: 3, quality: 'fast', exemplarSize: 96, size: [224, 224] });
    expect(() => checkPrecision('webgl', () => false, plan)).toThrow('needs 32-bit floats');
    expect(() => checkPrecision('webgl', () => true, plan)).not.toThrow();
    expect(() => checkPrecision('wasm', () => false, plan)).not.toThrow();
  });
});
