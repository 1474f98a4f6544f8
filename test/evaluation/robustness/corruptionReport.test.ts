import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { type CorruptionReport, corrupt, corruptionReport } from 'tfjs-nonsemantic-negatives/evaluation';
import { expectNoLeak } from '../support';

const levels = [0.2, 0.46, 0.6, 0.3, 0.58];
const labels = [0, 0, 1, 0, 1];
const image = (level: number) => tf.fill([16, 16, 3], level) as tf.Tensor3D;
const source = () =>
  tfd
    .array(levels.map((level, i) => ({ xs: level, ys: labels[i] })))
    .map((element) => {
      const { xs, ys } = element as { xs: number; ys: number };
      return { xs: image(xs), ys };
    })
    .batch(2) as tfd.Dataset<tf.TensorContainer>;

/** Bright is 1, dark is 0. */
const classify = async (images: tf.Tensor4D) => {
  const bright = tf.tidy(() => tf.cast(tf.greater(tf.mean(images, [1, 2, 3]), 0.5), 'int32'));
  const predictions = await bright.data();
  bright.dispose();
  return predictions;
};
/** Takes everything for dark. */
const blind = async (images: tf.Tensor4D) => Array<number>(images.shape[0]).fill(0);

test('returns accuracies by kind and severity', async () => {
  const report = await corruptionReport(source(), classify, { kinds: ['brightness', 'contrast'] });
  expect(report.clean).toBe(1);
  // Brighter by .05, .1, .15, .2 and .3: first .46 crosses the line, then .3 does.
  const [brightness, contrast] = report.rows;
  expect(brightness).toEqual({
    kind: 'brightness',
    1: 0.8,
    2: 0.8,
    3: 0.8,
    4: 0.8,
    5: 0.6,
    mean: expect.closeTo(0.76, 10),
  });
  expect(contrast).toEqual({ kind: 'contrast', 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, mean: 1 });
  expect(report.mean).toBeCloseTo(0.88, 10);
});

test('draws by the index of an image, whatever the batch size', async () => {
  const seen: number[] = [];
  const keep = async (images: tf.Tensor4D) => {
    seen.push(...images.dataSync());
    return blind(images);
  };
  await corruptionReport(source(), keep, { kinds: ['gaussian_noise'], severities: [5], seed: 3 });
  const last = corrupt(image(levels[4]), { kind: 'gaussian_noise', severity: 5, seed: 3, index: 4 });
  expect(seen.slice(-768)).toEqual(Array.from(last.dataSync()));
});

test('relates the errors to those of a baseline', async () => {
  const options = { kinds: ['brightness', 'fog'], severities: [4, 5] } satisfies Parameters<typeof corruptionReport>[2];
  const baseline = await corruptionReport(source(), blind, options);
  expect(baseline).toEqual({
    clean: 0.6,
    rows: [
      { kind: 'brightness', 4: 0.6, 5: 0.6, mean: 0.6 },
      { kind: 'fog', 4: 0.6, 5: 0.6, mean: 0.6 },
    ],
    mean: 0.6,
  });
  const handmade: CorruptionReport = {
    ...baseline,
    clean: 0.9,
    rows: [
      { kind: 'fog', 4: 0.5, 5: 0.3, mean: 0.4 },
      { kind: 'brightness', 4: 0.8, 5: 0.6, mean: 0.7 },
    ],
  };
  const report = await corruptionReport(source(), blind, { ...options, baseline: handmade });
  expect(report.rows.map(({ corruptionError }) => corruptionError)).toEqual([
    expect.closeTo((100 * 0.4) / 0.3, 8),
    expect.closeTo((100 * 0.4) / 0.6, 8),
  ]);
  expect(report.meanCorruptionError).toBeCloseTo(100, 8);
  expect(report.relativeMeanCorruptionError).toBeCloseTo(0, 8);
});

test('takes one batch, reports its progress and leaks nothing', async () => {
  const batch = { xs: tf.stack(levels.map(image)), ys: tf.tensor1d(labels, 'int32') };
  const progress: number[] = [];
  const options = { kinds: ['contrast' as const], severities: [1 as const] };
  const report = await corruptionReport(batch, classify, { ...options, onProgress: (n) => progress.push(n) });
  expect(report.rows).toEqual([{ kind: 'contrast', 1: 1, mean: 1 }]);
  expect(progress).toEqual([5]);
  await expectNoLeak(() => corruptionReport(batch, classify, options));
  await expectNoLeak(() => corruptionReport(source(), classify, options));
});

test('names the input that it cannot use', async () => {
  await expect(corruptionReport(tf.zeros([2, 16, 16, 3]) as tf.Tensor4D, classify)).rejects.toThrow(
    'Expected batches {xs, ys} of images with labels for input source, received a float32 tensor of shape [2, 16, 16, 3].',
  );
  await expect(corruptionReport(source(), classify, { kinds: [] })).rejects.toThrow('for option kinds, received []');
  await expect(corruptionReport(source(), classify, { severities: [6 as 5] })).rejects.toThrow('option severities[0]');
  const few = await corruptionReport(source(), blind, { kinds: ['fog'], severities: [1] });
  await expect(corruptionReport(source(), blind, { kinds: ['fog'], baseline: few })).rejects.toThrow(
    'Expected a report of fog at severities 1, 2, 3, 4, 5 for option baseline, received severities 1.',
  );
  await expect(corruptionReport(source(), blind, { kinds: ['snow'], baseline: few })).rejects.toThrow('none of snow');
  await expect(corruptionReport(source(), async () => [1], { kinds: ['fog'] })).rejects.toThrow(
    'Expected 2 predictions for input classify, received 1.',
  );
});
