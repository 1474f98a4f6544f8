import { Rehearsal } from '../comparison/comparison';
import type { GraphSession } from '../session/session';
import { verify } from './verify';

/** How a step went, and what came of it. */
export interface Outcome {
  ran: 'graph' | 'verified' | 'eager';
  rehearsal: Rehearsal;
  /** Why it ran eagerly. */
  reason?: string;
  /** Why the graph is not to be used again. */
  refusal?: string;
  /** What the step threw. */
  error?: unknown;
  result?: unknown;
}

/** Returns the first line of what was thrown. */
export const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0];

/**
 * Rehearses a step and runs its graph; where that is not possible, the step has run eagerly.
 *
 * @param toVerify Whether to run it eagerly too and to compare.
 */
export function runAsGraph(session: GraphSession, step: () => unknown, args: number[], toVerify: boolean): Outcome {
  const { board, program, state } = session;
  state.push();
  const rehearsal = new Rehearsal(board, program, { variables: board.idsOf(program.variables), args });
  let result: unknown;
  try {
    result = board.listen(rehearsal, step);
  } catch (error) {
    rehearsal.diverge('it throws');
    return { ran: 'eager', rehearsal, reason: rehearsal.divergence, error };
  }
  if (!rehearsal.finish()) return { ran: 'eager', rehearsal, reason: rehearsal.divergence, result };
  state.holdOlder(rehearsal.deletesOlder());
  try {
    const outputs = session.step(args, rehearsal.values);
    if (toVerify) return { ran: 'verified', rehearsal, refusal: verify(session, rehearsal, outputs), result };
    state.adopt(rehearsal, outputs);
    return { ran: 'graph', rehearsal, result };
  } catch (error) {
    if (rehearsal.divergence !== undefined) throw error;
    const reason = 'TensorFlow throws';
    try {
      rehearsal.diverge(reason); // One by one: what throws eagerly throws here.
    } catch (error) {
      return { ran: 'eager', rehearsal, reason, error };
    }
    return { ran: 'eager', rehearsal, reason, refusal: `its graph alone fails: ${firstLine(error)}`, result };
  }
}
