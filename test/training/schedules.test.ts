import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ArgumentError,
  type CosineScheduleArgs,
  cosineSchedule,
  type StepDecayArgs,
  stepDecay,
} from 'tfjs-nonsemantic-negatives';
import { maxDifference } from '../support/tensors';

type Reference = { [name: string]: { args: { lr: number; epochs: number; schedule: number[] }; lr: number[] } };
const reference: Reference = JSON.parse(readFileSync(join(__dirname, '../fixtures/lr_schedule.json'), 'utf8'));
const { cos, step, lincls } = reference;

describe('the reference’s learning rates by epoch', () => {
  test('cosine', () => {
    const schedule = cosineSchedule({ from: cos.args.lr, epochs: cos.args.epochs });
    expect(cos.lr).toHaveLength(200);
    expect(
      maxDifference(
        cos.lr.map((_, epoch) => schedule(epoch)),
        cos.lr,
      ),
    ).toBeLessThan(1e-12);
  });

  test.each([
    ['step', step],
    ['linear evaluation', lincls],
  ])('%s', (_, { args, lr }) => {
    const schedule = stepDecay({ from: args.lr, at: args.schedule });
    expect(lr).toHaveLength(args.epochs);
    expect(
      maxDifference(
        lr.map((_rate, epoch) => schedule(epoch)),
        lr,
      ),
    ).toBeLessThan(1e-12);
  });
});

describe('cosineSchedule', () => {
  test('falls from one value to the other and stays there', () => {
    const schedule = cosineSchedule({ from: 1, to: 0.2, steps: 10 });
    expect(schedule(0)).toBe(1);
    expect(schedule(5)).toBeCloseTo(0.6, 12);
    for (const time of [10, 11, 1000]) expect(schedule(time)).toBeCloseTo(0.2, 12);
    for (let time = 0; time < 10; time++) expect(schedule(time + 1)).toBeLessThan(schedule(time));
  });

  test('rises linearly during the warm-up, reaches the first value and falls over the rest', () => {
    const schedule = cosineSchedule({ from: 2, epochs: 14, warmUp: 4 });
    expect([0, 1, 2, 3, 4].map(schedule)).toEqual([0.5, 1, 1.5, 2, 2]);
    expect(schedule(9)).toBeCloseTo(1, 12);
    expect(schedule(14)).toBeCloseTo(0, 12);
  });

  test('may be all warm-up', () => {
    const schedule = cosineSchedule({ from: 1, steps: 4, warmUp: 4 });
    expect([0, 3, 4].map(schedule)).toEqual([0.25, 1, 0]);
  });

  test('rises as a momentum does: half way in the middle, and exactly 1 at the end', () => {
    const schedule = cosineSchedule({ from: 0.99, to: 1, steps: 10 });
    expect(schedule(0)).toBeCloseTo(0.99, 12);
    expect(schedule(5)).toBeCloseTo(0.995, 12);
    expect([schedule(10), schedule(11)]).toEqual([1, 1]);
    for (let t = 0; t < 10; t++) expect(schedule(t + 1)).toBeGreaterThan(schedule(t));
  });
});

test('a schedule knows its unit', () => {
  expect(cosineSchedule({ from: 1, steps: 3 }).unit).toBe('step');
  expect(cosineSchedule({ from: 1, epochs: 3 }).unit).toBe('epoch');
  expect(stepDecay({ from: 1, at: [1] }).unit).toBe('epoch');
  expect(stepDecay({ from: 1, at: [1], unit: 'step' }).unit).toBe('step');
});

test('stepDecay drops by its factor at each of its times', () => {
  const schedule = stepDecay({ from: 8, at: [2, 3], factor: 0.5 });
  expect([0, 1, 2, 3, 9].map(schedule)).toEqual([8, 8, 4, 2, 2]);
});

describe('errors', () => {
  test.each<[object, string]>([
    [{ steps: 3 }, 'Expected a number of at least 0 for option from, received undefined.'],
    [{ from: 1, steps: 0 }, 'Expected a number above 0 for option steps, received 0.'],
    [{ from: 1 }, 'Expected either steps or epochs for the options of cosineSchedule(), received neither.'],
    [{ from: 1, steps: 3, epochs: 3 }, 'Expected no value for option epochs, received 3. Option steps is given.'],
    [
      { from: 1, steps: 3, warmUp: 4 },
      'Expected a number of at most 3 for option warmUp, received 4. That is the whole length.',
    ],
    [{ from: 1, epochs: 3, to: -1 }, 'Expected a number of at least 0 for option to, received -1.'],
    [{ from: 1, epoch: 3 }, 'for the options of cosineSchedule(), received "epoch". Did you mean epochs?'],
  ])('cosineSchedule %j', (args, message) => {
    expect(() => cosineSchedule(args as CosineScheduleArgs)).toThrow(ArgumentError);
    expect(() => cosineSchedule(args as CosineScheduleArgs)).toThrow(message);
  });

  test.each<[object, string]>([
    [{ from: 1, at: [3, 2] }, 'Expected an ascending list of times for option at, received [3, 2].'],
    [{ from: 1 }, 'Expected an ascending list of times for option at, received undefined.'],
    [{ from: 1, at: [1], factor: -1 }, 'Expected a number of at least 0 for option factor, received -1.'],
    [{ from: 1, at: [1], unit: 'hour' }, 'Expected one of "step", "epoch" for option unit, received "hour".'],
  ])('stepDecay %j', (args, message) => {
    expect(() => stepDecay(args as StepDecayArgs)).toThrow(ArgumentError);
    expect(() => stepDecay(args as StepDecayArgs)).toThrow(message);
  });
});
