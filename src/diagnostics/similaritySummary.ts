import { quantile } from '../support/quantile';
import type { SimilarityKind } from './similaritiesByKind';

/** The distribution of one kind of similarity, in plain numbers. */
export interface SimilarityRow {
  /** What queries are compared with. */
  kind: SimilarityKind;
  /** Number of similarities. */
  count: number;
  /** Mean, in -1 … 1. */
  mean: number;
  /** Standard deviation, in 0 … 1. */
  standardDeviation: number;
  /** The 5 % quantile, in -1 … 1. */
  q05: number;
  /** The 25 % quantile, in -1 … 1. */
  q25: number;
  /** The 50 % quantile, in -1 … 1. */
  median: number;
  /** The 75 % quantile, in -1 … 1. */
  q75: number;
  /** The 95 % quantile, in -1 … 1. */
  q95: number;
}

/** The distribution of each kind of similarity; `console.table(summary.rows)` prints it. */
export interface SimilaritySummary {
  /** One row for each kind that occurs. */
  rows: SimilarityRow[];
  /** Share of the similarities in each of equal bins from -1 to 1, by kind. */
  histograms: Partial<Record<SimilarityKind, number[]>>;
}

/** Gathers similarities batch by batch. */
export class SimilaritySamples {
  private readonly samples = new Map<SimilarityKind, Float32Array[]>();

  constructor(private readonly bins: number) {}

  add(kind: SimilarityKind, values: Float32Array): void {
    this.samples.set(kind, [...(this.samples.get(kind) ?? []), values]);
  }

  summarize(): SimilaritySummary {
    const sorted = [...this.samples].map(([kind, parts]) => [kind, joined(parts).sort()] as const);
    return {
      rows: sorted.map(([kind, values]) => summarize(kind, values)),
      histograms: Object.fromEntries(sorted.map(([kind, values]) => [kind, histogram(values, this.bins)])),
    };
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

function summarize(kind: SimilarityKind, sorted: Float32Array): SimilarityRow {
  const count = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  const [q05, q25, median, q75, q95] = [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => quantile(sorted, share));
  return { kind, count, mean, standardDeviation: Math.sqrt(variance), q05, q25, median, q75, q95 };
}

/** Counts values in bins; a cosine that rounding lifts above 1 counts in the last. */
function histogram(values: Float32Array, bins: number): number[] {
  const counts = Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor(((value + 1) / 2) * bins)))]++;
  return counts.map((count) => count / values.length);
}
