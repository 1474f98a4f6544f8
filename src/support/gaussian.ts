/** Returns exp(-d² / 2 sigma²), 1 for d = 0 and any sigma. */
export function gaussian(distance: number, sigma: number): number {
  return distance === 0 ? 1 : Math.exp(-(distance * distance) / (2 * sigma * sigma));
}

/** Returns Gaussian weights at these distances, of sum 1. */
export function gaussianWeights(distances: readonly number[], sigma: number): number[] {
  return normalizeWeights(distances.map((distance) => gaussian(distance, sigma)));
}

/** Divides weights by their sum. */
export function normalizeWeights(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Returns the integers from -radius to radius. */
export function tapDistances(radius: number): number[] {
  return Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
}
