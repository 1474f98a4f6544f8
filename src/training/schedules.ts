import { ArgumentError, checkNames, checkNumber, describe } from '../support/errors';

/** A learning rate or a momentum as a function of time, in steps or epochs from 0. */
export type Schedule = (time: number) => number;

/** Options of `cosineDecay`. */
export interface CosineDecayArgs {
  /** The greatest learning rate. */
  learningRate: number;
  /** How long the schedule runs in all, in steps or epochs, whichever it is asked by. */
  duration: number;
  /** How long the rate rises linearly at first. @default 0 */
  warmUp?: number;
  /** The rate at the end. @default 0 */
  minimum?: number;
}

/**
 * Half a cosine from the learning rate to the minimum: min + (lr - min) (1 + cos(π t / duration)) / 2, and constant
 * afterwards. With a warm-up of w, the rate at t < w is lr (t + 1) / w, and the cosine runs over the rest.
 *
 * Source: Loshchilov & Hutter 2017; the authors' script calls it by epoch and without warm-up.
 */
export function cosineDecay(args: CosineDecayArgs): Schedule {
  checkNames('cosineDecay()', args, ['learningRate', 'duration', 'warmUp', 'minimum']);
  const learningRate = checkNumber('learningRate', args.learningRate, { min: 0 });
  const duration = checkNumber('duration', args.duration, { above: 0 });
  const warmUp = checkNumber('warmUp', args.warmUp ?? 0, { min: 0, max: duration });
  const minimum = checkNumber('minimum', args.minimum ?? 0, { min: 0, max: learningRate });
  return (time) => {
    if (time < warmUp) return (learningRate * (time + 1)) / warmUp;
    const progress = duration === warmUp ? 1 : Math.min(1, (time - warmUp) / (duration - warmUp));
    return minimum + ((learningRate - minimum) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

/** Options of `stepDecay`. */
export interface StepDecayArgs {
  /** The learning rate at first. */
  learningRate: number;
  /** The times, ascending, from which on the rate is multiplied by the factor once more. */
  milestones: number[];
  /** @default 0.1 */
  factor?: number;
}

/** A learning rate that drops by a factor at each milestone: lr factor^(milestones passed). */
export function stepDecay(args: StepDecayArgs): Schedule {
  checkNames('stepDecay()', args, ['learningRate', 'milestones', 'factor']);
  const { milestones } = args;
  const learningRate = checkNumber('learningRate', args.learningRate, { min: 0 });
  const factor = checkNumber('factor', args.factor ?? 0.1, { min: 0 });
  if (
    !Array.isArray(milestones) ||
    ![...milestones].every((m, i) => Number.isFinite(m) && (i === 0 || m > milestones[i - 1]))
  )
    throw new ArgumentError('option milestones', 'an ascending list of times', describe(milestones));
  return (time) => milestones.reduce((rate, milestone) => (time >= milestone ? rate * factor : rate), learningRate);
}

/** Options of `cosineRise`. */
export interface CosineRiseArgs {
  /** The momentum at first, 0 … 1. */
  momentum: number;
  /** How long the schedule runs in all, in steps or epochs, whichever it is asked by. */
  duration: number;
}

/**
 * Half a cosine from a momentum up to 1: 1 - (1 - m) (1 + cos(π t / duration)) / 2, and 1 afterwards.
 *
 * Source: Grill et al. 2020 (BYOL), section 3.3.
 */
export function cosineRise(args: CosineRiseArgs): Schedule {
  checkNames('cosineRise()', args, ['momentum', 'duration']);
  const momentum = checkNumber('momentum', args.momentum, { min: 0, max: 1 });
  const decay = cosineDecay({ learningRate: 1 - momentum, duration: args.duration });
  return (time) => 1 - decay(time);
}
