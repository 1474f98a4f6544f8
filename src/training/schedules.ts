import { ArgumentError, describe } from '../support/errors';
import { choice, custom, number, optional, readOptions } from '../support/options';

/** What a schedule counts its time in. */
export type TimeUnit = 'step' | 'epoch';

/** A learning rate or a momentum as a function of time, counted from 0. */
export interface Schedule {
  /** Returns the value at a step or epoch, from 0. */
  (time: number): number;
  /** What the time is counted in; a function without a unit is called by step. */
  readonly unit?: TimeUnit;
}

/** Settings of a cosine schedule; exactly one of `steps` and `epochs` is given. */
export interface CosineScheduleArgs {
  /** Value at the start, or at the end of the warm-up; at least 0. */
  from: number;
  /** Value at the end and afterwards, at least 0. @default 0 */
  to?: number;
  /** Length of the schedule in optimizer steps, warm-up included; above 0. */
  steps?: number;
  /** Length of the schedule in epochs, warm-up included; above 0. */
  epochs?: number;
  /** Length of the linear rise at the start, in the same unit; at most the whole length. @default 0 */
  warmUp?: number;
}

export const cosineScheduleOptions = {
  from: number({ min: 0 }),
  to: number({ min: 0, default: 0 }),
  steps: optional(number({ above: 0 })),
  epochs: optional(number({ above: 0 })),
  warmUp: number({ min: 0, default: 0 }),
};

/**
 * Follows half a cosine from one value to another: `to + (from - to) (1 + cos(π t / length)) / 2`, then `to`.
 *
 * With a warm-up of w the value at t < w is `from (t + 1) / w`, and the cosine covers the rest. It falls as a learning
 * rate does and rises as a momentum does: `cosineSchedule({ from: 0.99, to: 1, steps })`.
 *
 * Source: Loshchilov & Hutter 2017; Grill et al. 2020 (BYOL), section 3.3. The paper's script decays by epoch without
 * warm-up.
 * @throws ArgumentError for options out of range, and unless exactly one of `steps` and `epochs` is given.
 */
export function cosineSchedule(args: CosineScheduleArgs): Schedule {
  const { from, to, steps, epochs, warmUp } = readOptions('cosineSchedule', args, cosineScheduleOptions);
  const length = steps ?? epochs;
  if (length === undefined)
    throw new ArgumentError('the options of cosineSchedule()', 'either steps or epochs', 'neither');
  if (steps !== undefined && epochs !== undefined)
    throw new ArgumentError('option epochs', 'no value', `${epochs}`, 'Option steps is given.');
  if (warmUp > length)
    throw new ArgumentError('option warmUp', `a number of at most ${length}`, `${warmUp}`, 'That is the whole length.');
  return withUnit(steps === undefined ? 'epoch' : 'step', (time) => {
    if (time < warmUp) return (from * (time + 1)) / warmUp;
    const progress = length === warmUp ? 1 : Math.min(1, (time - warmUp) / (length - warmUp));
    return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;
  });
}

/** Settings of a step decay. */
export interface StepDecayArgs {
  /** Value at the start, at least 0. */
  from: number;
  /** Times of the drops, ascending. */
  at: number[];
  /** Factor of each drop, at least 0. @default 0.1 */
  factor?: number;
  /** What the times are counted in. @default 'epoch' */
  unit?: TimeUnit;
}

export const stepDecayOptions = {
  from: number({ min: 0 }),
  at: custom(checkTimes),
  factor: number({ min: 0, default: 0.1 }),
  unit: choice<TimeUnit>(['step', 'epoch'], { default: 'epoch' }),
};

/**
 * Multiplies a value by a factor at each of the given times: `from factor^(drops so far)`.
 *
 * @throws ArgumentError for options out of range, and for times that do not ascend.
 */
export function stepDecay(args: StepDecayArgs): Schedule {
  const { from, at, factor, unit } = readOptions('stepDecay', args, stepDecayOptions);
  return withUnit(unit, (time) => at.reduce((value, drop) => (time >= drop ? value * factor : value), from));
}

function withUnit(unit: TimeUnit, schedule: (time: number) => number): Schedule {
  return Object.assign(schedule, { unit });
}

function checkTimes(name: string, value: unknown): number[] {
  const ascending = (times: unknown[]) =>
    times.every((time, i) => Number.isFinite(time) && (i === 0 || (time as number) > (times[i - 1] as number)));
  if (Array.isArray(value) && ascending(Array.from(value))) return [...value];
  throw new ArgumentError(`option ${name}`, 'an ascending list of times', describe(value));
}
