import * as tf from '@tensorflow/tfjs-core';
import type { Inputs, Subject } from './subject';
import { free } from './values';

export interface Outcome {
  /** What was thrown or rejected, if anything. */
  error?: unknown;
  /** Tensors that are alive once inputs and result are freed, and were not before. */
  leaked: number;
}

/** How many calls were made, for the figures in docs/reliability.md. */
export const calls = { good: 0, refused: 0 };

/**
 * Makes the inputs, calls the subject, checks and frees everything. A call that leaves tensors is made again: what a
 * first call keeps for later ones of its kind is no leak.
 */
export async function attempt(subject: Subject, make: () => Inputs, options: unknown): Promise<Outcome> {
  const outcome = await attemptOnce(subject, make, options);
  return outcome.leaked === 0 ? outcome : attemptOnce(subject, make, options);
}

async function attemptOnce(subject: Subject, make: () => Inputs, options: unknown): Promise<Outcome> {
  const before = tf.memory().numTensors;
  const inputs = make();
  const outcome: Outcome = { leaked: 0 };
  try {
    const result = await subject.call(inputs, options as never);
    calls.good++;
    try {
      subject.check?.(result as never, inputs);
    } finally {
      free(result);
    }
  } catch (error) {
    calls.refused++;
    outcome.error = error;
  }
  free(inputs);
  outcome.leaked = tf.memory().numTensors - before;
  return outcome;
}

/** Fails unless the error is an `ArgumentError` that says what was expected, for what, and what came instead. */
export function expectRefusal(error: unknown, name?: string): void {
  if (!(error instanceof Error) || error.name !== 'ArgumentError') throw error ?? new Error('It was accepted.');
  expect(error.message).toMatch(/^Expected .+ for .+, received .*[.?]$/s);
  expect((error as Error & { subject: string }).subject).toContain(name ?? '');
}
