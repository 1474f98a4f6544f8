import { ArgumentError, checkChoice, checkFunction, checkList, checkNames, checkNumber } from '../../support/errors';
import { type CorruptionKind, corrupt, corruptionKinds, corruptionSeverities } from '../corruption/corrupt';
import type { Scale, Severity } from '../corruption/corruption';
import type { ImageBatches } from '../extractFeatures';
import type { Classifier } from '../probes/classifiers';
import { forEachLabeledBatch } from './labeledBatches';

/** Options of `corruptionReport`. */
export interface CorruptionReportArgs {
  /** Which kinds. @default all fifteen */
  kinds?: CorruptionKind[];

  /** Which severities. @default all five */
  severities?: Severity[];

  /** The draws are functions of it. @default 0 */
  seed?: number;

  /** See `corrupt`. @default the nearest published size */
  scale?: Scale;

  /** Report of another classifier on the same kinds and severities, to which the errors are related. @default none */
  baseline?: CorruptionReport;

  /** Called after each batch with the number of images done so far. */
  onProgress?: (images: number) => void;
}

/** The accuracies under one kind of corruption. */
export interface CorruptionRow {
  kind: CorruptionKind;
  /** Accuracy by severity, under the names `1` to `5`. */
  [severity: number]: number;
  /** Mean accuracy over the severities. */
  mean: number;
  /** 100 · Σ errors / Σ errors of the baseline, over the severities. */
  corruptionError?: number;
}

/** Plain numbers: `console.table(report.rows)` prints them, `JSON.stringify` keeps them. */
export interface CorruptionReport {
  /** Accuracy on the images as they are. */
  clean: number;
  rows: CorruptionRow[];
  /** Mean accuracy over all kinds and severities. */
  mean: number;
  /** mCE: mean of the corruption errors, in percent of the baseline's. */
  meanCorruptionError?: number;
  /** The same of what corruption adds to the clean error; NaN where it added nothing to the baseline's. */
  relativeMeanCorruptionError?: number;
}

/**
 * Accuracy under corruption (Hendrycks & Dietterich 2019, section 4.1), by kind and severity.
 *
 * @param source Raw images with labels: a dataset of batches `{ xs, ys }`, or one such batch.
 * @param classify Names the class of each image, such as `knnClassifier` or `linearClassifier`.
 * @throws ArgumentError if the images have no labels, or an option is not as described.
 */
export async function corruptionReport(
  source: ImageBatches,
  classify: Classifier,
  options: CorruptionReportArgs = {},
): Promise<CorruptionReport> {
  checkNames('corruptionReport', options, ['kinds', 'severities', 'seed', 'scale', 'baseline', 'onProgress']);
  const some = <T>(option: string, value: unknown, choices: readonly T[]) =>
    checkList(
      option,
      value,
      'an array of at least one',
      (n) => n > 0,
      (name, one) => checkChoice(name, one, choices),
    );
  const kinds = some('kinds', options.kinds ?? corruptionKinds, corruptionKinds);
  const severities = some('severities', options.severities ?? corruptionSeverities, corruptionSeverities);
  const { baseline, onProgress } = options;
  const seed = checkNumber('seed', options.seed ?? 0, { integer: true });
  const scale = options.scale === undefined ? undefined : checkChoice('scale', options.scale, [32, 64, 224] as const);
  if (onProgress !== undefined) checkFunction('onProgress', onProgress);
  checkFunction('classify', classify);
  if (baseline !== undefined) checkBaseline(baseline, kinds, severities);

  const cases = kinds.flatMap((kind) => severities.map((severity) => ({ kind, severity, right: 0 })));
  let cleanRight = 0;
  let count = 0;
  await forEachLabeledBatch(source, async ({ images: { image }, labels, start }) => {
    if (!image) throw new ArgumentError('input source', 'batches of images, or xs with an image', 'neither');
    cleanRight += countRight(await classify(image), labels);
    for (const entry of cases) {
      const { kind, severity } = entry;
      const corrupted = corrupt(image, { kind, severity, seed, index: start, scale });
      try {
        entry.right += countRight(await classify(corrupted), labels);
      } finally {
        corrupted.dispose();
      }
    }
    count += labels.length;
    onProgress?.(count);
  });

  const rows = kinds.map((kind): CorruptionRow => {
    const own = cases.filter((entry) => entry.kind === kind);
    const accuracies = own.map(({ severity, right }) => [severity, right / count] as const);
    return { kind, ...Object.fromEntries(accuracies), mean: mean(accuracies.map(([, accuracy]) => accuracy)) };
  });
  const report: CorruptionReport = { clean: cleanRight / count, rows, mean: mean(rows.map((row) => row.mean)) };
  return baseline ? relate(report, baseline) : report;
}

/** Adds the errors in percent of the baseline's. Means of equally many severities stand in the ratio of their sums. */
function relate(report: CorruptionReport, baseline: CorruptionReport): CorruptionReport {
  const pairs = report.rows.map((row) => ({ row, base: baseline.rows.find(({ kind }) => kind === row.kind)! }));
  const rows = pairs.map(({ row, base }) => ({ ...row, corruptionError: (100 * (1 - row.mean)) / (1 - base.mean) }));
  const relative = pairs.map(({ row, base }) => (100 * (report.clean - row.mean)) / (baseline.clean - base.mean));
  return {
    ...report,
    rows,
    meanCorruptionError: mean(rows.map(({ corruptionError }) => corruptionError)),
    relativeMeanCorruptionError: mean(relative),
  };
}

function checkBaseline(
  baseline: CorruptionReport,
  kinds: readonly CorruptionKind[],
  severities: readonly Severity[],
): void {
  for (const kind of kinds) {
    const row = baseline?.rows?.find?.((other) => other.kind === kind);
    const known = row ? Object.keys(row).filter((name) => /^[1-5]$/.test(name)) : [];
    if (known.join() !== [...severities].sort().join())
      throw new ArgumentError(
        'option baseline',
        `a report of ${kind} at severities ${severities.join(', ')}`,
        known.length ? `severities ${known.join(', ')}` : `none of ${kind}`,
      );
  }
}

function countRight(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  if (predictions?.length !== labels.length)
    throw new ArgumentError('input classify', `${labels.length} predictions`, `${predictions?.length}`);
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) right++;
  return right;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
