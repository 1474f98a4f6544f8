import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { ArgumentError, convEncoder, normalize, randomStream } from 'tfjs-nonsemantic-negatives';
import {
  type CueImages,
  cueConflicts,
  cueImages,
  type Encoder,
  measureReliance,
  type RelianceResult,
  reliance,
} from 'tfjs-nonsemantic-negatives/evaluation';
import { bootstrapMean, figureOf, pairedDifference, resample } from '../../../src/evaluation/reliance/bootstrap';
import { cosine, expectNoLeak, mean, normalRows } from '../support';
import { drawnBatch, seeColor, seeMask, side } from './pictures';

const cueArgs = { exemplarSize: 8, conflicts: 30 };
const args = { samples: 50 };

/** Made once: on the cpu backend textures take their time. */
let cues: CueImages;
beforeAll(async () => {
  cues = await cueImages(drawnBatch(), cueArgs);
});

/** A random projection of the pixels: sees a little of everything. */
const project = (key: string): Encoder => {
  const rows = normalRows(key, side * side * 3, 6);
  return (images) =>
    tf.tidy(() => tf.matMul(tf.reshape(images, [images.shape[0], -1]) as tf.Tensor2D, tf.tensor2d(rows)));
};
const pixels: Encoder = (images) => tf.reshape(images, [images.shape[0], -1]) as tf.Tensor2D;

/** Everything by loops over rows of features, one image at a time. */
function slowReliance(cues: CueImages, encoder: (images: tf.Tensor4D) => tf.Tensor2D) {
  const rowsOf = (images: tf.Tensor4D) =>
    Array.from({ length: images.shape[0] }, (_, i) =>
      Array.from(encoder(tf.slice(images, [i, 0, 0, 0], [1, -1, -1, -1])).dataSync()),
    );
  const gallery = rowsOf(cues.images);
  const decisions = rowsOf(cueConflicts(cues)).map((row, i) => {
    const [shape, texture] = cues.pairs[i].map((concept) => cosine(row, gallery[concept]));
    return shape > texture ? 1 : shape < texture ? 0 : 0.5;
  });
  const hits = (version: 'silhouettes' | 'edges' | 'textures' | 'patches', k: number) =>
    rowsOf(cues[version]!).map((row, i) => {
      const similarities = gallery.map((other) => cosine(row, other));
      return similarities.filter((similarity, j) => j !== i && similarity >= similarities[i]).length < k ? 1 : 0;
    });
  return { decisions, hits };
}

describe('figures', () => {
  test('agree with loops', async () => {
    const encoder = project('a');
    const { encoders, concepts, conflicts } = await measureReliance(
      cues,
      { mine: encoder },
      { k: [1, 3], samples: 10 },
    );
    const expected = slowReliance(cues, encoder as never);
    expect([concepts, conflicts]).toEqual([6, 30]);
    expect(encoders.mine.decisions).toEqual(expected.decisions);
    expect(encoders.mine.shapeShare!.value).toBeCloseTo(mean(expected.decisions), 12);
    expect(encoders.mine.shapeShare!.chance).toBe(0.5);
    for (const version of ['silhouettes', 'edges', 'textures', 'patches'] as const) {
      for (const k of [1, 3]) {
        const figure = encoders.mine.recall[version]![k];
        expect(figure.value).toBeCloseTo(mean(expected.hits(version, k)), 12);
        expect(figure.chance).toBeCloseTo(k / 6, 12);
      }
    }
  });

  test('an encoder that sees only the mask scores 1, one that sees only color statistics near 0', async () => {
    const { encoders, differences } = await measureReliance(cues, { mask: seeMask, color: seeColor }, args);
    expect(encoders.mask.shapeShare).toEqual({ value: 1, low: 1, high: 1, chance: 0.5 });
    expect(encoders.mask.recall.silhouettes![1].value).toBe(1);
    expect(encoders.color.shapeShare!.value).toBeLessThan(0.05);
    expect(encoders.color.recall.textures![1].value).toBe(1);
    expect(encoders.color.recall.patches![1].value).toBe(1);
    // The mask says nothing of a texture that fills the canvas.
    expect(encoders.mask.recall.textures![1].value).toBeLessThan(0.4);
    expect(differences.color.shapeShare!.high).toBeLessThan(-0.9);
  });

  test('two equal encoders differ by 0', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 5 }), async (key) => {
        const { differences, encoders } = await measureReliance(cues, { a: project(key), b: project(key) }, args);
        expect(encoders.a).toEqual(encoders.b);
        const none = { value: 0, low: 0, high: 0, chance: 0 };
        expect(differences.b.shapeShare).toEqual(none);
        for (const figures of Object.values(differences.b.recall)) expect(figures).toEqual({ 1: none, 10: none });
      }),
      { seed: 1, numRuns: 4 },
    );
  });

  test('collapsed features decide for neither and find nothing', async () => {
    const { encoders } = await measureReliance(cues, { one: (images) => tf.ones([images.shape[0], 4]) }, args);
    expect(encoders.one.shapeShare!.value).toBe(0.5);
    expect(new Set(encoders.one.decisions)).toEqual(new Set([0.5]));
    expect(encoders.one.recall.silhouettes![1].value).toBe(0);
  });

  test('chance is 1 where k reaches the number of concepts', async () => {
    const { encoders } = await reliance(drawnBatch(2), { pixels }, { exemplarSize: 8, k: [2], samples: 5 });
    expect(encoders.pixels.recall.edges![2]).toMatchObject({ value: 1, chance: 1 });
  });

  test('by class: each class is its concepts, and conflicts belong to the class of their shape', async () => {
    const labels = [0, 1, 0, 1, 3, 0];
    const { encoders } = await measureReliance(
      { ...cues, labels },
      { mine: project('a') },
      { samples: 20, classNames: ['cat', 'dog'] },
    );
    const { classes, decisions, shapeShare, recall } = encoders.mine;
    expect(classes.map(({ name, concepts }) => [name, concepts])).toEqual([
      ['cat', 3],
      ['dog', 2],
      ['3', 1],
    ]);
    for (const [i, label] of [0, 1, 3].entries()) {
      const own = decisions!.filter((_, j) => labels[cues.pairs[j][0]] === label);
      expect(classes[i].shapeShare!.value).toBeCloseTo(mean(own), 12);
    }
    const weighted = (of: (one: (typeof classes)[0]) => number) =>
      classes.reduce((sum, one) => sum + of(one) * one.concepts, 0) / 6;
    expect(weighted((one) => one.recall.edges![1].value)).toBeCloseTo(recall.edges![1].value, 12);
    expect(weighted((one) => one.shapeShare!.value)).toBeCloseTo(shapeShare!.value, 12);
    // One concept has no interval.
    expect([classes[2].shapeShare!.low, classes[2].recall.edges![1].high]).toEqual([NaN, NaN]);
    const { encoders: one } = await measureReliance(
      { ...cues, labels: [5, 5, 5, 5, 5, 5] },
      { pixels },
      { samples: 20 },
    );
    expect(one.pixels.classes).toHaveLength(1);
    expect(one.pixels.classes[0].shapeShare).toEqual(one.pixels.shapeShare);
  });

  test('models get normalized images and functions raw ones, in batches of any size', async () => {
    const model = convEncoder({ inputShape: [side, side, 3], filters: [4, 8], seed: 1 });
    const byHand: Encoder = (images) => model.predict(normalize(images)) as tf.Tensor2D;
    const { encoders } = await measureReliance(cues, { model, byHand }, { ...args, batchSize: 4 });
    expect(encoders.model.decisions).toEqual(encoders.byHand.decisions);
    expect(encoders.model).toEqual(encoders.byHand);
  });

  test('rows hold every value beside chance, for console.table and JSON', async () => {
    const result = await measureReliance(cues, { a: pixels, b: project('b') }, args);
    expect(result.rows).toHaveLength(9);
    const { a, b } = result.encoders;
    expect(result.rows[0]).toEqual({
      measure: 'shape share',
      a: a.shapeShare!.value,
      b: b.shapeShare!.value,
      chance: 0.5,
    });
    expect(result.rows[2]).toMatchObject({ measure: 'recall@10 from silhouettes', a: a.recall.silhouettes![10].value });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('boxes: figures of shape are missing, not wrong', async () => {
    const { encoders, rows } = await reliance(
      drawnBatch(undefined, { alpha: false }),
      { pixels },
      { mask: 'box', exemplarSize: 8, samples: 5 },
    );
    expect([encoders.pixels.shapeShare, encoders.pixels.decisions]).toEqual([undefined, undefined]);
    expect(Object.keys(encoders.pixels.recall)).toEqual(['edges', 'textures', 'patches']);
    expect(rows.every((row) => Number.isFinite(row.pixels))).toBe(true);
  });
});

describe('intervals', () => {
  test('the bootstrap of pairs agrees with drawing concepts and listing all their pairs', () => {
    const random = randomStream('pairs');
    const concepts = 7;
    const pairs = Array.from({ length: 20 }, () => [0, 1].map(() => Math.floor(random() * concepts)));
    const values = pairs.map(() => random());
    const resamples = resample(concepts, 30, 1);
    const { replicates, value } = bootstrapMean(values, [pairs.map(([a]) => a), pairs.map(([, b]) => b)], resamples);
    expect(value).toBeCloseTo(mean(values), 12);
    for (const [i, counts] of resamples.entries()) {
      const drawn = [...counts].flatMap((times, concept) => Array<number>(times).fill(concept));
      expect(drawn).toHaveLength(concepts);
      const seen = drawn.flatMap((a) =>
        drawn.flatMap((b) => values.filter((_, j) => pairs[j][0] === a && pairs[j][1] === b)),
      );
      if (seen.length === 0) expect(replicates[i]).toBeNaN();
      else expect(replicates[i]).toBeCloseTo(mean(seen), 12);
    }
  });

  test('cover the truth about as often as they say', () => {
    // Shares of 60 concepts, each right with probability 0.3.
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const random = randomStream('coverage', trial);
      const values = Array.from({ length: 60 }, () => (random() < 0.3 ? 1 : 0));
      const estimate = bootstrapMean(values, [values.map((_, i) => i)], resample(60, 200, trial));
      const { low, high } = figureOf(estimate, 0.9, 0);
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / 200).toBeGreaterThan(0.83);
    expect(covered / 200).toBeLessThan(0.96);
  });

  test('of a difference are paired: a constant shift has no width', () => {
    const resamples = resample(10, 40, 2);
    const places = Array.from({ length: 10 }, (_, i) => i);
    const [a, b] = [places.map((i) => i / 20), places.map((i) => i / 20 + 0.25)];
    const [first, second] = [a, b].map((values) => bootstrapMean(values, [places], resamples));
    const { value, low, high } = figureOf(pairedDifference(first, second), 0.95, 0);
    for (const end of [value, low, high]) expect(end).toBeCloseTo(0.25, 12);
    expect(figureOf(first, 0.95, 0).high).toBeGreaterThan(figureOf(first, 0.5, 0).high);
  });

  test('percentiles lie between the sorted replicates', () => {
    const estimate = { value: 1, concepts: 3, replicates: Float64Array.of(4, 0, 1, 3, 2, NaN) };
    expect(figureOf(estimate, 0.75, 0)).toMatchObject({ low: 0.5, high: 3.5 });
    expect(figureOf(estimate, 1, 0)).toMatchObject({ low: 0, high: 4 });
  });

  test('depend on the seed alone', async () => {
    const lows = async (bootstrapSeed: number) => {
      const { encoders } = await measureReliance(cues, { pixels }, { ...args, bootstrapSeed });
      return JSON.stringify(encoders.pixels.recall);
    };
    expect(await lows(1)).toBe(await lows(1));
    expect(await lows(1)).not.toBe(await lows(2));
  });
});

describe('refusals', () => {
  const one = (encoder: unknown, extra = {}) =>
    measureReliance(cues, { mine: encoder } as never, { ...args, ...extra });

  test.each([
    ['images', 0],
    ['silhouettes', 1],
    ['edges', 2],
    ['textures', 3],
    ['patches', 4],
    ['conflicts', 5],
  ])('NaN in the features of %s is refused by name', async (what, bad) => {
    let call = 0;
    const encoder: Encoder = (images) =>
      tf.tidy(() => {
        const features = pixels(images as never) as tf.Tensor2D;
        return (call++ === bad ? tf.mul(features, NaN) : features) as tf.Tensor2D;
      });
    const before = tf.memory().numTensors;
    await expect(measureReliance(cues, { mine: encoder as never }, { ...args, batchSize: 64 })).rejects.toThrow(
      `Expected finite numbers for the features of input encoders.mine on ${what}, received NaN in row 0.`,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test('anything but an encoder that gives one row per image', async () => {
    for (const wrong of [3, 'model', null, {}])
      await expect(one(wrong)).rejects.toThrow('at least one model or function by name');
    await expect(measureReliance(cues, {}, args)).rejects.toThrow('input encoders');
    await expect(one((images: tf.Tensor4D) => images)).rejects.toThrow(
      'Expected features [6, D] of 6 images for input encoders.mine',
    );
    await expect(one(() => tf.ones([2, 3]))).rejects.toThrow('received a float32 tensor of shape [2, 3]');
    await expect(one(async () => tf.ones([6, 3]))).rejects.toThrow('an object of class Promise');
    const model = convEncoder({ inputShape: [8, 8, 3], filters: [4], seed: 1 });
    await expect(one(model)).rejects.toThrow("the encoder's input shape [null, 8, 8, 3]");
  });

  test.each([
    [{ k: [] }, 'option k'],
    [{ k: [0] }, 'option k[0]'],
    [{ samples: 0 }, 'option samples'],
    [{ confidence: 1.5 }, 'option confidence'],
    [{ batchSize: 1.5 }, 'option batchSize'],
    [{ preprocess: 3 }, 'option preprocess'],
    [{ classNames: [3] }, 'option classNames[0]'],
    [{ conflicts: 10 }, 'the options of measureReliance'],
  ])('%j', async (wrong, message) => {
    await expect(one(pixels, wrong)).rejects.toThrow(message);
  });

  test('invalid cue images', async () => {
    await expect(measureReliance({} as never, { pixels })).rejects.toThrow(
      'Expected cue images of cueImages() for input cues',
    );
    const freed = await cueImages(drawnBatch(2), { cues: ['silhouettes'] });
    tf.dispose(freed);
    await expect(measureReliance(freed, { pixels })).rejects.toThrow(ArgumentError);
  });
});

test('reliance() makes cue images and measures on them', async () => {
  const pictures = { xs: drawnBatch(2), ys: tf.tensor1d([1, 0], 'int32') };
  const made = await cueImages(pictures, { exemplarSize: 8, seed: 3 });
  const expected = await measureReliance(made, { pixels }, args);
  expect(await reliance(pictures, { pixels }, { ...args, exemplarSize: 8, seed: 3 })).toEqual(expected);
  expect(expected.encoders.pixels.classes.map(({ name }) => name)).toEqual(['0', '1']);
  await expect(reliance(pictures, { pixels }, { conflict: 10 } as never)).rejects.toThrow('the options of reliance');
});

test('leaks nothing', async () => {
  const pictures = drawnBatch(2);
  const model = convEncoder({ inputShape: [side, side, 3], filters: [4], seed: 1 });
  await expectNoLeak(() => reliance(pictures, { model, seeMask }, { ...args, exemplarSize: 8 }));
});

test('the decisions of several encoders are on the same pairs', async () => {
  const result: RelianceResult = await measureReliance(cues, { seeMask, seeColor }, { samples: 5 });
  for (const { decisions } of Object.values(result.encoders)) expect(decisions).toHaveLength(cues.pairs.length);
});
