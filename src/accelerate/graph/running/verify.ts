import type { Output } from '../binding/binding';
import type { Comparison } from '../comparison/comparison';
import type { GraphSession } from '../session/session';
import { largestDifference, type Pair } from './largestDifference';

/** How far a GPU's results may be from those of single operations, in parts of the largest value. */
const gpuTolerance = 1e-3;

/**
 * Runs a step eagerly that ran as a graph, and compares the two. The eager results count.
 *
 * @returns Why the graph is not to be used, if it gave other results.
 */
export function verify(
  { dispatcher, program, state, discard }: GraphSession,
  comparison: Comparison,
  outputs: Output[],
): string | undefined {
  const { results, assigned } = program;
  const { backend, native, realId } = dispatcher;
  const made = [...outputs, ...state.fetchAssigned()];
  try {
    comparison.diverge('verification');
    const ids = [
      ...results.map((slot) => comparison.idOf({ kind: 'slot', slot })!),
      ...assigned.map(({ variable }) => dispatcher.idOf(variable)!),
    ];
    const difference = largestDifference(
      native,
      ids.map((id, k): Pair => [realId(id), made[k]]),
    );
    if (difference === 0) for (const { variable } of assigned) state.agrees(variable);
    return difference <= (backend.isUsingGpuDevice ? gpuTolerance : 0)
      ? undefined
      : `its graph gives other values than its operations, by ${difference.toExponential(1)} of the largest`;
  } finally {
    discard(made);
  }
}
