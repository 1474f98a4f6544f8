import type { Output } from '../binding/binding';
import type { Rehearsal } from '../comparison/comparison';
import type { GraphSession } from '../session/session';
import { largestDifference, type Pair } from './largestDifference';

/** How far a GPU's results may be from those of single operations, in parts of the largest value. */
const gpuTolerance = 1e-3;

/**
 * Runs a step eagerly that ran as a graph: the eager results count.
 *
 * @returns Why the graph is not to be used, if it gave others.
 */
export function verify(
  { board, program, state, discard }: GraphSession,
  rehearsal: Rehearsal,
  outputs: Output[],
): string | undefined {
  const { results, assigned } = program;
  const made = [...outputs, ...state.fetchAssigned()];
  try {
    rehearsal.diverge('verification');
    const ids = [
      ...results.map((slot) => rehearsal.idOf({ kind: 'slot', slot })!),
      ...assigned.map(({ variable }) => board.idOf(variable)!),
    ];
    const difference = largestDifference(
      board.real,
      ids.map((id, k): Pair => [board.realId(id), made[k]]),
    );
    if (difference === 0) for (const { variable } of assigned) state.agrees(variable);
    return difference <= (board.backend.isUsingGpuDevice ? gpuTolerance : 0)
      ? undefined
      : `its graph gives other values than its operations, by ${difference.toExponential(1)} of the largest`;
  } finally {
    discard(made);
  }
}
