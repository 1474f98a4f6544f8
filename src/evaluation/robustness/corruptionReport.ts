import { checkFunction } from '../../support/checks';
import { ArgumentError } from '../../support/errors';
import { choice, custom, func, integer, list, optional, readOptions } from '../../support/options';
import { type CorruptionKind, corruptionKinds, corruptionSeverities } from '../corruption/corrupt';
import { type Scale, type Severity, scales } from '../corruption/corruption';
import type { ImageBatches } from '../extractFeatures';
import type { Classifier } from '../probes/classifiers';
import { type CorruptionCounts, countRight } from './corruptionCounts';

/** Which corruptions `corruptionReport` tries. */
export interface CorruptionReportArgs {
  /** @default all fifteen */
  kinds?: CorruptionKind[];

  /** @default all five */
  severities?: Severity[];

  /** Every random draw is a function of this integer, the kind and the image's index. @default 0 */
  seed?: number;

  /** Side of the images for which the severities were published. @default the nearest of the three, by ratio */
  scale?: Scale;

  /** Report of another classifier on the same kinds and severities, to which the errors are related. @default none */
  baseline?: CorruptionReport;

  /** Called after each batch with the number of images done so far. */
  onProgress?: (images: number) => void;
}

export const corruptionReportOptions = {
  kinds: list(choice(corruptionKinds), 'an array of at least one', { min: 1, default: [...corruptionKinds] }),
  severities: list(choice(corruptionSeverities), 'an array of at least one', {
    min: 1,
    default: [...corruptionSeverities],
  }),
  seed: integer({ default: 0 }),
  scale: optional(choice(scales)),
  baseline: optional(custom((_, value) => value as CorruptionReport)),
  onProgress: optional(func<(images: number) => void>()),
};

/** The accuracies under one kind of corruption. */
export interface CorruptionRow {
  /** Name of the corruption. */
  kind: CorruptionKind;
  /** Accuracy by severity, under the names `1` to `5`. */
  [severity: number]: number;
  /** Mean accuracy over the severities. */
  mean: number;
  /** 100 · Σ errors / Σ errors of the baseline, over the severities; not finite where the baseline made no error. */
  corruptionError?: number;
}

/** Plain numbers: `console.table(report.rows)` prints them, `JSON.stringify` keeps them. */
export interface CorruptionReport {
  /** Accuracy on the images as they are. */
  clean: number;
  /** One row for each kind of corruption. */
  rows: CorruptionRow[];
  /** Mean accuracy over all kinds and severities. */
  mean: number;
  /** mCE: mean of the corruption errors, in percent of the baseline's. */
  meanCorruptionError?: number;
  /** The same of what corruption adds to the clean error; NaN where it added nothing to the baseline's. */
  relativeMeanCorruptionError?: number;
}

/**
 * Measures accuracy under corruption (Hendrycks & Dietterich 2019, section 4.1), by kind and severity.
 *
 * @param source Raw images with labels: a dataset of batches `{ xs, ys }`, or one such batch.
 * @param classify Names the class of each image, such as `knnClassifier` or `linearClassifier`.
 * @throws ArgumentError if the images have no labels or values outside their range, an option is not as described, or
 *   a prediction is not a class number.
 */
export async function corruptionReport(
  source: ImageBatches,
  classify: Classifier,
  args: CorruptionReportArgs = {},
): Promise<CorruptionReport> {
  const values = readOptions('corruptionReport', args, corruptionReportOptions);
  const { kinds, severities, baseline } = values;
  checkFunction('classify', classify);
  if (baseline !== undefined) checkBaseline(baseline, kinds, severities);
  const report = summarize(await countRight(source, classify, values), kinds);
  return baseline ? relate(report, baseline) : report;
}

function summarize({ count, clean, cases }: CorruptionCounts, kinds: readonly CorruptionKind[]): CorruptionReport {
  const rows = kinds.map((kind): CorruptionRow => {
    const own = cases.filter((entry) => entry.kind === kind);
    const accuracies = own.map(({ severity, right }) => [severity, right / count] as const);
    return { kind, ...Object.fromEntries(accuracies), mean: mean(accuracies.map(([, accuracy]) => accuracy)) };
  });
  return { clean: clean / count, rows, mean: mean(rows.map((row) => row.mean)) };
}

/**
 * Adds the errors in percent of the baseline's. Means over equally many severities have the same ratio as their sums.
 */
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
    if (!Number.isFinite(baseline.clean) || !Number.isFinite(row?.mean))
      throw new ArgumentError('option baseline', 'a report of finite accuracies', `${baseline.clean}, ${row?.mean}`);
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
