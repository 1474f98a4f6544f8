import { ArgumentError, describe } from '../../support/errors';
import { checkLabels } from '../readLabels';

/** How well predicted labels fit the true ones. */
export interface ClassificationScores {
  /** Share of rows predicted correctly. */
  accuracy: number;
  /** Mean of `perClass`: every class counts the same. */
  balancedAccuracy: number;
  /** Balanced accuracy of guessing: 1 / classes that occur. */
  chance: number;
  /** For each class that occurs, the share of its rows predicted correctly. */
  perClass: Record<number, number>;
}

/** Scores `predictions` against the true `labels`, which are in the same order. */
export function scoreClassification(predictions: ArrayLike<number>, labels: ArrayLike<number>): ClassificationScores {
  const right = new Map<number, number>();
  const count = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    count.set(labels[i], (count.get(labels[i]) ?? 0) + 1);
    if (predictions[i] === labels[i]) right.set(labels[i], (right.get(labels[i]) ?? 0) + 1);
  }
  const classes = [...count.keys()].sort((a, b) => a - b);
  const shares = classes.map((label) => (right.get(label) ?? 0) / (count.get(label) as number));
  return {
    accuracy: [...right.values()].reduce((sum, n) => sum + n, 0) / labels.length,
    balancedAccuracy: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    chance: 1 / classes.length,
    perClass: Object.fromEntries(classes.map((label, i) => [label, shares[i]])),
  };
}

/** Returns what a classifier said if it is one class number an image. @throws ArgumentError otherwise. */
export function checkPredictions(subject: string, predictions: ArrayLike<number>, count: number): number[] {
  if (predictions?.length === count) return checkLabels(`the predictions of ${subject}`, predictions);
  const received = predictions?.length === undefined ? describe(predictions) : `${predictions.length}`;
  throw new ArgumentError(subject, `${count} predictions`, received);
}
