import { Comparison } from '../comparison/comparison';
import type { GraphSession } from '../session/session';
import { verify } from './verify';

/** Describes how a step went. */
export interface Outcome {
  ran: 'graph' | 'verified' | 'eager';
  comparison: Comparison;
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
 * Compares a step with its program and runs the graph; where that is not possible, the step has run eagerly.
 *
 * @param isNew Whether to run it eagerly too, and to compare the results.
 */
export function runAsGraph(session: GraphSession, step: () => unknown, args: number[], isNew: boolean): Outcome {
  const { dispatcher, program, state } = session;
  state.push();
  const comparison = new Comparison(dispatcher, program, dispatcher.idsOf(program.variables), args);
  let result: unknown;
  try {
    result = dispatcher.listen(comparison, step);
  } catch (error) {
    comparison.diverge('it throws');
    return { ran: 'eager', comparison, reason: comparison.divergence, error };
  }
  if (!comparison.finish()) return { ran: 'eager', comparison, reason: comparison.divergence, result };
  state.holdOlder(comparison.deletesOlder());
  try {
    const outputs = session.step(args, comparison.values);
    if (isNew) return { ran: 'verified', comparison, refusal: verify(session, comparison, outputs), result };
    state.adopt(comparison, outputs);
    return { ran: 'graph', comparison, result };
  } catch (error) {
    if (comparison.divergence !== undefined) throw error;
    const reason = 'TensorFlow throws';
    try {
      comparison.diverge(reason); // One by one: what throws eagerly throws here.
    } catch (error) {
      return { ran: 'eager', comparison, reason, error };
    }
    return { ran: 'eager', comparison, reason, refusal: `its graph alone fails: ${firstLine(error)}`, result };
  }
}
