import type { Values } from './binding';
import { sameBytes } from './compare';

/** The values of a tensor, eagerly and as a graph. */
export type Pair = [eager: Values, graph: Values];

/** The largest difference in parts of the largest value of its tensor; 0 for equal ones, NaN for NaN included. */
export function largestDifference(pairs: Pair[]): number {
  return Math.max(0, ...pairs.map(([eager, graph]) => (sameBytes(eager, graph) ? 0 : differenceOf(eager, graph))));
}

function differenceOf(eager: Values, graph: Values): number {
  if (eager.length !== graph.length) return Number.POSITIVE_INFINITY;
  let largest = Number.MIN_VALUE;
  let difference = 0;
  for (const [i, value] of eager.entries()) {
    if (Object.is(value, graph[i]) || value === graph[i]) continue;
    difference = Math.max(difference, Math.abs(value - graph[i]));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  }
  for (const value of eager) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return difference / largest;
}
