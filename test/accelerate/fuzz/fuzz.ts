import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { type Acceleration, accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { isStockFault } from '../stockFaults';
import type { Call, Subject } from './subject';

export interface Outcome {
  tried: number;
  /** Calls that tfjs refuses with and without `accelerate()`. */
  refused: number;
  /** What tfjs said, once each. */
  refusals: Set<string>;
  /** Titles of calls with another result than expected. */
  wrong: string[];
  /** The largest difference of a right call. */
  error: number;
}

/** As a share of the largest value. */
const tolerance = 1e-4;

/** Makes `count` calls of a kind on the current backend, accelerated, and holds them to the definition. */
export async function fuzz(subject: Subject, count: number, seed: number): Promise<Outcome> {
  const acceleration = await accelerate();
  const outcome: Outcome = { tried: 0, refused: 0, refusals: new Set(), wrong: [], error: 0 };
  for (let i = 0; i < count; i++) {
    const call = subject.sample(randomStream('fuzz', subject.name, seed, i));
    if (isStockFault(`${subject.name} ${call.title}`)) continue;
    const fault = faultOf(call);
    outcome.tried++;
    if (typeof fault === 'number') outcome.error = Math.max(outcome.error, fault);
    else if (fault.refusal && (await isRefusedByStock(call, acceleration))) {
      outcome.refused++;
      outcome.refusals.add(fault.message);
    } else outcome.wrong.push(`${subject.name} ${call.title}: ${fault.message}`);
  }
  return outcome;
}

interface Fault {
  message: string;
  refusal?: boolean;
}

/** The largest difference of a call that gives what it should, and leaves no tensor behind. */
function faultOf({ run, expected }: Call): Fault | number {
  const before = tf.memory().numTensors;
  let results: Float32Array[];
  try {
    results = tf.tidy(() => run().map((tensor) => Float32Array.from(tensor.dataSync())));
  } catch (error) {
    // wasm's own errors leave its memory in disorder: they refuse nothing.
    const message = String(error).slice(0, 300);
    return { message, refusal: !message.startsWith('RuntimeError') };
  }
  if (tf.memory().numTensors !== before) return { message: `leaked ${tf.memory().numTensors - before} tensors` };
  const right = expected(results);
  const differences = right.map((values, k) => relativeDifference(results[k], values));
  const faults = differences.flatMap((difference, k) =>
    difference < tolerance ? [] : [`result ${k} off by ${difference.toPrecision(2)} of its largest value`],
  );
  return faults.length > 0 ? { message: faults.join(', ') } : Math.max(0, ...differences);
}

async function isRefusedByStock({ run }: Call, acceleration: Acceleration): Promise<boolean> {
  acceleration.restore();
  try {
    tf.tidy(() => void run().map((tensor) => tensor.dataSync()));
    return false;
  } catch {
    return true;
  } finally {
    await accelerate();
  }
}

/** The largest difference as a share of the largest finite value, or of 1 if that is smaller. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [scale, worst] = [1, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    if (Number.isFinite(expected[i])) scale = Math.max(scale, Math.abs(expected[i]));
    if (Object.is(actual[i], expected[i]) || difference === 0) continue;
    worst = Math.max(worst, Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY);
  }
  return worst / scale;
}
