import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../support/errors';
import { checkUnitRange } from '../checkUnitRange';
import { type CorruptionKind, corrupt } from '../corruption/corrupt';
import type { Scale, Severity } from '../corruption/corruption';
import type { ImageBatches } from '../extractFeatures';
import { checkPredictions } from '../probes/classification';
import type { Classifier } from '../probes/classifiers';
import { forEachLabeledBatch } from './labeledBatches';

/** Right predictions on the images as they are and under each corruption, of `count` images. */
export interface CorruptionCounts {
  count: number;
  clean: number;
  cases: { kind: CorruptionKind; severity: Severity; right: number }[];
}

interface CountArgs {
  kinds: readonly CorruptionKind[];
  severities: readonly Severity[];
  seed: number;
  scale?: Scale;
  onProgress?: (images: number) => void;
}

/** Counts right predictions of all cases in one pass over the images. */
export async function countRight(
  source: ImageBatches,
  classify: Classifier,
  { kinds, severities, seed, scale, onProgress }: CountArgs,
): Promise<CorruptionCounts> {
  const cases = kinds.flatMap((kind) => severities.map((severity) => ({ kind, severity, right: 0 })));
  const counts: CorruptionCounts = { count: 0, clean: 0, cases };
  await forEachLabeledBatch(source, async ({ images: { image }, labels, start }) => {
    if (!image) throw new ArgumentError('input source', 'batches of images, or xs with an image', 'neither');
    // `corrupt` clips: images in another range would become black and white.
    await checkUnitRange('input source', image, 'Classifiers preprocess the images by themselves.');
    const rightOf = async (x: tf.Tensor4D) => {
      const predictions = checkPredictions('input classify', await classify(x), labels.length);
      return predictions.filter((prediction, i) => prediction === labels[i]).length;
    };
    counts.clean += await rightOf(image);
    for (const entry of cases) {
      const { kind, severity } = entry;
      const corrupted = corrupt(image, { kind, severity, seed, index: start, scale });
      try {
        entry.right += await rightOf(corrupted);
      } finally {
        corrupted.dispose();
      }
    }
    counts.count += labels.length;
    onProgress?.(counts.count);
  });
  return counts;
}
