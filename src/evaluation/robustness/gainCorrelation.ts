/** Accuracies by version and classifier, such as `row.accuracy.textures.plain`. */
export type Accuracies = { [version: string]: { [classifier: string]: number } };

/**
 * Correlates, over the classes, the first classifier's accuracy on each version but the first with what the last
 * classifier gains over it on the first.
 */
export function correlateGains(
  classes: readonly { accuracy: Accuracies }[],
  [images, ...others]: string[],
  classifiers: string[],
): { [version: string]: number } {
  const [first, last] = [classifiers[0], classifiers[classifiers.length - 1]];
  const gains = classes.map(({ accuracy }) => accuracy[images][last] - accuracy[images][first]);
  const accuraciesOn = (version: string) => classes.map(({ accuracy }) => accuracy[version][first]);
  return Object.fromEntries(others.map((version) => [version, pearson(accuraciesOn(version), gains)]));
}

/** Computes Pearson's correlation; NaN where one of the two is constant. */
function pearson(a: readonly number[], b: readonly number[]): number {
  const centered = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [x, y] = [centered(a), centered(b)];
  const dot = (u: readonly number[], v: readonly number[]) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}
