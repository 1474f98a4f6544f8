import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { textureReliance } from 'tfjs-nonsemantic-negatives/evaluation';
import { expectNoLeak } from '../support';

// Each image is a single pixel whose channels are the answers of two classifiers; so are its versions.
const plainAnswers = { image: [0, 0, 1, 2, 2, 2], negative_0: [0, 0, 0, 2, 1, 1], negative_1: [1, 1, 1, 1, 1, 1] };
const shapelyAnswers = { image: [0, 1, 1, 2, 2, 0], negative_0: [2, 2, 2, 2, 2, 2], negative_1: [0, 0, 0, 0, 0, 0] };
const labels = [0, 0, 1, 1, 2, 2];
type Version = keyof typeof plainAnswers;

const source = () =>
  tfd
    .array(labels.map((_, i) => i))
    .map((index) => {
      const i = index as unknown as number;
      const pixel = (version: Version) => tf.tensor3d([[[plainAnswers[version][i], shapelyAnswers[version][i]]]]);
      return {
        xs: { image: pixel('image'), negative_0: pixel('negative_0'), negative_1: pixel('negative_1') },
        ys: labels[i],
      };
    })
    .batch(4) as tfd.Dataset<tf.TensorContainer>;
const channel = (c: number) => async (images: tf.Tensor4D) => {
  const values = await images.data();
  return Array.from(values).filter((_, i) => i % 2 === c);
};
const classifiers = { plain: channel(0), shapely: channel(1) };

test('returns accuracies by class, version and classifier', async () => {
  const result = await textureReliance(source(), classifiers, { classNames: ['ant', 'bee', 'cat'] });
  expect(result.overall).toEqual({
    images: { plain: 5 / 6, shapely: 3 / 6 },
    textures: { plain: 2 / 6, shapely: 2 / 6 },
    patches: { plain: 2 / 6, shapely: 2 / 6 },
  });
  expect(result.classes.map(({ name }) => name)).toEqual(['ant', 'bee', 'cat']);
  expect(result.classes[0].accuracy).toEqual({
    images: { plain: 1, shapely: 0.5 },
    textures: { plain: 1, shapely: 0 },
    patches: { plain: 0, shapely: 1 },
  });
  expect(result.rows[2]).toEqual({
    name: 'cat',
    'images plain': 1,
    'images shapely': 0.5,
    'textures plain': 0,
    'textures shapely': 1,
    'patches plain': 0,
    'patches shapely': 0,
  });
});

test('correlates the gain with the accuracy on each version', async () => {
  const { gainCorrelation } = await textureReliance(source(), classifiers);
  // Gains -1/2, 0, -1/2; textures 1, 0, 0; patches 0, 1, 0.
  expect(gainCorrelation.textures).toBeCloseTo(-0.5, 10);
  expect(gainCorrelation.patches).toBeCloseTo(1, 10);
});

test('takes other versions and a single classifier, and leaks nothing', async () => {
  const options = { versions: { images: 'image', textures: 'negative_0' } };
  const run = () => textureReliance(source(), { plain: channel(0) }, options);
  const result = await run();
  expect(result.classes[1]).toEqual({
    name: '1',
    accuracy: { images: { plain: 0.5 }, textures: { plain: 0 } },
  });
  expect(result.gainCorrelation).toEqual({ textures: NaN });
  await expectNoLeak(run);
});

test('names the input that it cannot use', async () => {
  await expect(
    textureReliance(source(), classifiers, { versions: { images: 'image', textures: 'negative_2' } }),
  ).rejects.toThrow(
    'Expected entries of xs (image, negative_0, negative_1) for option versions, received "negative_2".',
  );
  await expect(textureReliance(source(), {})).rejects.toThrow(
    'Expected at least one function by name for input classifiers',
  );
});
