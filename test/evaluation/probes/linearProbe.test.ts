import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import { convEncoder } from 'tfjs-nonsemantic-negatives';
import { type LinearProbeArgs, linearProbe, linearProbeRecipes } from 'tfjs-nonsemantic-negatives/evaluation';
import { expectNoLeak, featuresOf, normalRows, randomLabels } from '../support';

/** Three clouds; the third is rare and half inside the second. */
function clouds(key: string, count: number) {
  const labels = Array.from({ length: count }, (_, i) => (i % 8 === 0 ? 2 : i % 2));
  const centers = [
    [2, 0, 0],
    [0, 2, 0],
    [0, 1.5, 1],
  ];
  const rows = normalRows(key, count, 3).map((row, i) => row.map((value, d) => 0.5 * value + centers[labels[i]][d]));
  return featuresOf(rows, labels);
}

const probe = ({ train, test, ...changes }: Partial<LinearProbeArgs> = {}) =>
  linearProbe({
    train: train ?? clouds('train', 96),
    test: test ?? clouds('test', 48),
    epochs: 10,
    batchSize: 32,
    learningRates: [0.001, 0.1, 1],
    ...changes,
  });

test('returns accuracies for each learning rate, and the best', async () => {
  const { best, results } = await probe();
  expect(results.map(({ learningRate }) => learningRate)).toEqual([0.001, 0.1, 1]);
  expect(best.accuracy).toBe(Math.max(...results.map(({ accuracy }) => accuracy)));
  expect(results).toContainEqual(best);
  expect(best.accuracy).toBeGreaterThan(0.85);
  expect(best.trainAccuracy).toBeGreaterThan(0.85);
  expect(Object.keys(best.perClass)).toEqual(['0', '1', '2']);
  const shares = Object.values(best.perClass);
  expect(best.balancedAccuracy).toBeCloseTo((shares[0] + shares[1] + shares[2]) / 3, 10);
  // The rare class is the hard one.
  expect(best.balancedAccuracy).toBeLessThan(best.accuracy);
});

test('returns the best classifier as a model', async () => {
  const test = clouds('test', 48);
  const { best, classifier } = await probe({ test });
  const predictions = tf.argMax(classifier.predict(test.features) as tf.Tensor, 1);
  const right = tf.mean(tf.cast(tf.equal(tf.cast(predictions, 'int32'), test.labels), 'float32')).dataSync()[0];
  expect(right).toBeCloseTo(best.accuracy, 6);
  expect(classifier.outputs[0].shape).toEqual([null, 3]);
});

test('a learning rate scores the same alone as among others', async () => {
  const { results } = await probe();
  const alone = await probe({ learningRates: [0.1] });
  expect(alone.results).toEqual([results[1]]);
});

test('does not predict labels unrelated to the features', async () => {
  const noise = (key: string) => featuresOf(normalRows(key, 200, 3), randomLabels(key, 200, 4));
  const { best } = await probe({ train: noise('a'), test: noise('b') });
  expect(best.accuracy).toBeLessThan(0.4);
});

test("follows the paper's schedule, whose late steps matter", async () => {
  expect(linearProbeRecipes.paper).toEqual({
    learningRates: [10],
    batchSize: 128,
    epochs: 60,
    schedule: [30, 40, 50],
    weightDecay: 0,
  });
  const { best } = await probe({ ...linearProbeRecipes.paper, epochs: 12, schedule: [6, 8, 10] });
  expect(best.learningRate).toBe(10);
  expect(best.accuracy).toBeGreaterThan(0.8);
});

describe('with an encoder', () => {
  const labels = Array.from({ length: 24 }, (_, i) => i % 2);
  const images = normalRows('probe images', 24, 48).map((row, i) => row.map((v) => 0.3 * v + labels[i]));
  const dataset = () =>
    tfd
      .array(images.map((xs, i) => ({ xs, ys: labels[i] })))
      .map((element) => {
        const { xs, ys } = element as { xs: number[]; ys: number };
        return { xs: tf.tensor3d(xs, [4, 4, 3]), ys };
      })
      .batch(5) as tfd.Dataset<tf.TensorContainer>;

  test('extracts the features itself and changes no byte of the encoder', async () => {
    const encoder = convEncoder({ inputShape: [4, 4, 3], filters: [8] });
    const before = encoder.getWeights().map((weight) => weight.dataSync().slice());
    const { best } = await probe({ encoder, train: dataset(), test: dataset() });
    expect(best.accuracy).toBe(1);
    expect(encoder.getWeights().map((weight) => weight.dataSync())).toEqual(before);
    await expectNoLeak(async () => {
      const { classifier } = await probe({ encoder, train: dataset(), test: dataset(), epochs: 1 });
      classifier.dispose();
    });
  });

  test('notices an encoder that changes during the evaluation', async () => {
    class Drifting extends tfl.layers.Layer {
      static className = 'TestDrifting';
      override build() {
        this.addWeight('calls', [], 'float32', tfl.initializers.zeros(), undefined, false);
        this.built = true;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]) {
        const [calls] = this.weights;
        calls.write(tf.add(calls.read(), 1));
        return tf.clone(Array.isArray(inputs) ? inputs[0] : inputs);
      }
    }
    const encoder = tfl.sequential({ layers: [tfl.layers.flatten({ inputShape: [4, 4, 3] }), new Drifting({})] });
    await expect(probe({ encoder, train: dataset(), test: dataset(), epochs: 1 })).rejects.toThrow(
      /weight .*calls changed during linearProbe/,
    );
  });
});

test('leaks nothing', async () => {
  const [train, test] = [clouds('train', 16), clouds('test', 8)];
  await expectNoLeak(async () => (await probe({ train, test, epochs: 2 })).classifier.dispose());
});

test.each<[Partial<LinearProbeArgs>, string]>([
  [{ learningRates: [] }, 'Expected an array of numbers for option learningRates, received [].'],
  [{ learningRates: [0.1, 0] }, 'Expected a number above 0 for option learningRates[1], received 0.'],
  [{ epochs: 0 }, 'for option epochs, received 0'],
  [{ momentum: 2 }, 'for option momentum, received 2'],
  [{ schedule: 'step' as 'cosine' }, `Expected 'cosine' or an array of epochs for option schedule, received "step".`],
])('refuses %j', async (changes, message) => {
  await expect(probe(changes)).rejects.toThrow(message);
});

test('refuses features that it cannot use', async () => {
  await expect(probe({ test: featuresOf([[1, 2]], [0]) })).rejects.toThrow('Expected rows of 3 values, as in train');
  await expect(probe({ train: featuresOf([[1, 2, 3]], [-1]) })).rejects.toThrow(
    'Expected class numbers from 0 to 65535 for input train.labels, received -1.',
  );
  // An id in place of a class number would take as many outputs.
  await expect(probe({ test: featuresOf([[1, 2, 3]], [1_234_567]) })).rejects.toThrow(
    'Expected class numbers from 0 to 65535 for input test.labels, received 1234567.',
  );
  await expect(probe({ train: tf.zeros([2, 4, 4, 3]) })).rejects.toThrow(
    'Expected a LayersModel for option encoder, received undefined. Option train has images.',
  );
});
