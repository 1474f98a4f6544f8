import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { synthesizeTexture, textureNegative } from 'tfjs-nonsemantic-negatives';
import { checkPrecision } from '../../src/texture/checkPrecision';
import { planTexture } from '../../src/texture/plan';
import { lookUp } from '../../src/texture/table';
import { countReads } from '../support/tensors';

declare const BACKEND: string;

afterEach(() => tf.setBackend(BACKEND));

/** Smooth images of noise, the same numbers on every backend. */
function images(): tf.Tensor4D {
  const side = 24;
  const values = Array.from({ length: 2 * side * side * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side, i % 3];
    return 0.5 + 0.2 * Math.sin(x / 2 + c) + 0.2 * Math.sin((y * (c + 2)) / 7 + x / 5);
  });
  return tf.tensor4d(values, [2, side, side, 3]);
}

/** The share of pixels all of whose channels are within 1/255 of each other. */
function agreement(a: Float32Array, b: Float32Array): number {
  let agree = 0;
  for (let i = 0; i < a.length; i += 3) {
    if ([0, 1, 2].every((c) => Math.abs(a[i + c] - b[i + c]) <= 1 / 255 + 1e-6)) agree++;
  }
  return agree / (a.length / 3);
}

const elsewhere = BACKEND === 'cpu' ? test.skip : test; // nothing to compare with
elsewhere.each(['fast', 'high'] as const)(
  'textureNegative agrees with the cpu backend on 95 %% of pixels (%s)',
  async (quality) => {
    const make = () => textureNegative({ quality })(images()).xs.negative_0.dataSync() as Float32Array;
    const here = make();
    await tf.setBackend('cpu');
    expect(agreement(here, make())).toBeGreaterThanOrEqual(0.95);
  },
);

elsewhere('synthesizeTexture agrees with the cpu backend on 95 % of pixels', async () => {
  const make = () => {
    const exemplars = tf.reshape(images(), [1, 2, 24, 24, 3]) as tf.Tensor5D;
    return synthesizeTexture(exemplars, { size: [20, 32], quality: 'fast' }).dataSync() as Float32Array;
  };
  const here = make();
  await tf.setBackend('cpu');
  expect(agreement(here, make())).toBeGreaterThanOrEqual(0.95);
});

/** cpu and wasm keep their tensors in host memory, where a slice is a read. */
const onTheDevice = ['cpu', 'wasm'].includes(BACKEND) ? test.skip : test;
onTheDevice.each(['fast', 'high'] as const)('a batch of textures reads nothing back (%s)', (quality) => {
  const negative = textureNegative({ quality });
  const batch = images();
  const make = () => tf.tidy(() => void negative(batch));
  make(); // What depends on the shapes alone is kept.
  expect(countReads(make)).toBe(0);
});

describe('on WebGL, whose integers are exact up to 2^24', () => {
  const onWebGL = BACKEND === 'webgl' ? test : test.skip;

  onWebGL('rows are found wherever they lie in a table of more than 2^24 values', () => {
    // As many rows as the exemplars of 41 images of 224 pixels have, and as many features.
    const [rows, width] = [41 * 2 * 98 ** 2, 24];
    const table = tf.tile(tf.reshape(tf.range(0, rows), [rows, 1]), [1, width]) as tf.Tensor2D;
    const sought = [0, 1, 699_050, 699_051, 699_052, rows - 2, rows - 1]; // around 2^24 / 24, where flat indices pass 2^24
    const found = lookUp(table, tf.tensor2d(sought, [sought.length, 1], 'int32'));
    for (const [i, values] of (found.arraySync() as number[][]).entries())
      expect(values).toEqual(Array(width).fill(sought[i]));
    tf.dispose([table, found]);
  });

  onWebGL('a device with 16-bit floats only is refused', () => {
    const flag = 'WEBGL_RENDER_FLOAT32_ENABLED';
    tf.env().set(flag, false);
    try {
      expect(() => textureNegative()(images())).toThrow('Texture synthesis needs 32-bit floats');
    } finally {
      tf.env().set(flag, true);
    }
  });
});

test('a texture too large for exact indices is refused on WebGL, and nowhere else', () => {
  const request = { exemplars: 2, channels: 3, quality: 'fast' as const };
  // A source shows one pixel of an exemplar of 48 pixels, and four of one of 96.
  const flag = () => true;
  const small = planTexture({ ...request, exemplarSize: 96, size: [1024, 1024] });
  const coarse = planTexture({ ...request, exemplarSize: 96, size: [2048, 2048] });
  const wide = planTexture({ ...request, exemplarSize: 48, size: [2048, 2048] });
  const wider = planTexture({ ...request, exemplarSize: 96, size: [4096, 4096] });
  const crowded = planTexture({ ...request, exemplars: 7000, exemplarSize: 48, size: [64, 64] });
  for (const plan of [small, coarse]) expect(() => checkPrecision('webgl', flag, plan)).not.toThrow();
  for (const plan of [wide, wider, crowded]) {
    expect(() => checkPrecision('webgl', flag, plan)).toThrow('more than 2^24');
    expect(() => checkPrecision('webgpu', flag, plan)).not.toThrow();
  }
});
