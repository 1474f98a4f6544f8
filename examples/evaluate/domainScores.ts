import type { Features } from 'tfjs-nonsemantic-negatives/evaluation';
import type { Probes } from './classifiers';

/** Accuracy of the two classifiers on one domain, among the classes that it shares with the bank. */
export interface DomainScores {
  images: number;
  classes: string[];
  knn: number;
  linear: number;
  /** The linear classifier's mean accuracy over the classes. */
  balanced: number;
  /** The linear classifier's accuracy on features standardized by domain. */
  standardized: number;
  /** Of guessing: 1 / classes. */
  chance: number;
  /** The linear classifier's accuracy, by class. */
  perClass: { [className: string]: number };
}

/** The class that each classifier names for each image. */
export interface Answers {
  knn: string[];
  linear: string[];
}

export async function classify(probes: Probes, features: Features, classes: readonly string[]): Promise<Answers> {
  const nameAll = (labels: ArrayLike<number>) => Array.from(labels, (label) => classes[label]);
  return { knn: nameAll(await probes.nearest(features)), linear: nameAll(await probes.linear(features)) };
}

/** @param standardized The linear classifier's accuracy on features standardized by domain. */
export function scoreDomain(
  truth: readonly string[],
  classes: string[],
  answers: Answers,
  standardized: number,
): DomainScores {
  const perClass = accuracyByClass(answers.linear, truth);
  const shares = Object.values(perClass);
  return {
    images: truth.length,
    classes,
    knn: accuracy(answers.knn, truth),
    linear: accuracy(answers.linear, truth),
    balanced: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    standardized,
    chance: 1 / classes.length,
    perClass,
  };
}

function accuracy(answers: readonly string[], truth: readonly string[]): number {
  return answers.filter((answer, i) => answer === truth[i]).length / truth.length;
}

function accuracyByClass(answers: readonly string[], truth: readonly string[]): { [className: string]: number } {
  const shareOf = (name: string) => {
    const given = answers.filter((_, i) => truth[i] === name);
    return given.filter((answer) => answer === name).length / given.length;
  };
  return Object.fromEntries([...new Set(truth)].map((name) => [name, shareOf(name)]));
}
