import * as tf from '@tensorflow/tfjs-core';
import { randomStream, synthesizeTexture, textureNegative } from 'tfjs-nonsemantic-negatives';

const noise = (shape: [number, number, number, number], key = 'images') => {
  const random = randomStream(key);
  return tf.tensor4d(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, random), shape);
};

describe('textureNegative', () => {
  test('adds a texture of the image to a bare image and to {xs, ys}', () => {
    const image = tf.squeeze(noise([1, 18, 24, 3]), [0]);
    const { xs, ys } = textureNegative({ quality: 'fast' })(image);
    expect(Object.keys(xs)).toEqual(['image', 'negative_0']);
    expect(xs.negative_0.shape).toEqual([18, 24, 3]);
    expect(ys.shape).toEqual([1]);
    const labels = tf.tensor1d([3, 4]);
    const batch = textureNegative({ count: 2, quality: 'fast' })({ xs: noise([2, 16, 16, 1]), ys: labels });
    expect(Object.keys(batch.xs)).toEqual(['image', 'negative_0', 'negative_1']);
    expect(batch.xs.negative_1.shape).toEqual([2, 16, 16, 1]);
    expect(batch.xs.negative_1.dataSync()).not.toEqual(batch.xs.negative_0.dataSync());
    expect(batch.ys.dataSync()).toEqual(labels.dataSync());
  });

  test('works on the query view where there is one', () => {
    const query = noise([1, 16, 16, 3], 'query');
    const make = textureNegative({ quality: 'fast' });
    const fromViews = make({ xs: { query, key: noise([1, 16, 16, 3], 'key') } }).xs;
    expect(Object.keys(fromViews)).toEqual(['query', 'key', 'negative_0']);
    const fromQuery = textureNegative({ quality: 'fast' })(query).xs;
    expect(fromViews.negative_0.dataSync()).toEqual(fromQuery.negative_0.dataSync());
  });

  test('gives a batch the bytes of its images one by one', () => {
    const images = noise([3, 20, 16, 3]);
    const together = textureNegative({ seed: 5 })(images).xs.negative_0;
    const one = textureNegative({ seed: 5 });
    for (let i = 0; i < 3; i++) {
      const alone = one(tf.squeeze(tf.slice(images, i, 1), [0])).xs.negative_0;
      expect(alone.dataSync()).toEqual(tf.slice(together, i, 1).dataSync());
    }
  });

  test('cuts one exemplar at the center and one anywhere, and synthesizes from them', () => {
    const { sample, apply } = textureNegative({ exemplarSize: 8, quality: 'fast' });
    const images = noise([2, 13, 20, 3]);
    const params = sample([2, 13, 20, 3], randomStream('draw'));
    for (const { exemplarSize, offsets } of params) {
      expect(exemplarSize).toBe(8);
      expect(offsets).toHaveLength(2);
      expect(offsets[0]).toEqual([2, 6]);
    }
    const exemplars = tf.stack(
      params.map(({ offsets }, n) =>
        tf.stack(offsets.map(([top, left]) => tf.squeeze(tf.slice(images, [n, top, left, 0], [1, 8, 8, 3]), [0]))),
      ),
    ) as tf.Tensor5D;
    const streams = params.map(({ seed }) => randomStream(seed, 'texture'));
    const expected = synthesizeTexture(exemplars, { size: [13, 20], quality: 'fast', streams });
    expect(apply(images, params).dataSync()).toEqual(expected.dataSync());
  });

  test('draws every position that fits, both ends included', () => {
    const { sample } = textureNegative({ exemplarSize: 8 });
    const random = randomStream('places');
    const places = Array.from({ length: 400 }, () => sample([10, 9, 3], random).offsets[1]);
    expect(new Set(places.map(([top]) => top))).toEqual(new Set([0, 1, 2]));
    expect(new Set(places.map(([, left]) => left))).toEqual(new Set([0, 1]));
  });

  test.each([
    [[224, 300], 96],
    [[128, 128], 55],
    [[64, 64], 27],
    [[32, 32], 16],
    [[16, 16], 8],
  ] as const)('images of %p have exemplars of %d pixels', ([height, width], exemplarSize) => {
    expect(textureNegative().sample([height, width, 3], randomStream('size')).exemplarSize).toBe(exemplarSize);
  });

  test('keeps integer images integer', () => {
    const images = tf.cast(tf.mul(noise([1, 16, 16, 3]), 255), 'int32');
    const { negative_0 } = textureNegative({ quality: 'fast' })(images).xs;
    expect(negative_0.dtype).toBe('int32');
    const values = negative_0.dataSync();
    expect(Math.max(...values)).toBeGreaterThan(128);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  });

  test('leaks nothing', () => {
    const images = noise([2, 16, 16, 3]);
    const make = textureNegative({ quality: 'fast' });
    tf.tidy(() => void make(images));
    const before = tf.memory().numTensors;
    tf.tidy(() => void make(images));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('names what is wrong', () => {
    expect(() => textureNegative({ count: 0 })).toThrow('option count');
    expect(() => textureNegative({ exemplarSize: 7 })).toThrow('an integer of at least 8 for option exemplarSize');
    expect(() => textureNegative({ quality: 'best' as 'high' })).toThrow('option quality');
    expect(() => textureNegative({ size: 3 } as object)).toThrow('size');
    expect(() => textureNegative()(tf.zeros([15, 40, 3]))).toThrow(
      'Expected images of at least 16 pixels a side for the input of textureNegative(), received 15 x 40.',
    );
    expect(() => textureNegative({ exemplarSize: 20 })(tf.zeros([18, 40, 3]))).toThrow(
      'a number of at most 18 for option exemplarSize, received 20',
    );
    const { apply } = textureNegative();
    const params = { exemplarSize: 8, offsets: [[0, 0]] as const, seed: 1 };
    expect(() => apply(noise([2, 16, 16, 3]), [params, { ...params, exemplarSize: 9 }])).toThrow(
      'exemplars of 8 pixels',
    );
    expect(() => apply(noise([1, 16, 16, 3]), [{ ...params, offsets: [[9, 0]] }])).toThrow('offsets');
  });
});
