import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ArgumentError,
  type CosineDecayArgs,
  cosineDecay,
  type StepDecayArgs,
  stepDecay,
} from 'tfjs-nonsemantic-negatives';
import { greatestDifference } from '../support/tensors';

type Reference = { [name: string]: { args: { lr: number; epochs: number; schedule: number[] }; lr: number[] } };
const reference: Reference = JSON.parse(readFileSync(join(__dirname, '../fixtures/lr_schedule.json'), 'utf8'));
const { cos, step, lincls } = reference;

describe('the reference’s learning rates by epoch', () => {
  test('cosine', () => {
    const schedule = cosineDecay({ learningRate: cos.args.lr, duration: cos.args.epochs });
    expect(cos.lr).toHaveLength(200);
    expect(
      greatestDifference(
        cos.lr.map((_, epoch) => schedule(epoch)),
        cos.lr,
      ),
    ).toBeLessThan(1e-12);
  });

  test.each([
    ['step', step],
    ['linear evaluation', lincls],
  ])('%s', (_, { args, lr }) => {
    const schedule = stepDecay({ learningRate: args.lr, milestones: args.schedule });
    expect(lr).toHaveLength(args.epochs);
    expect(
      greatestDifference(
        lr.map((_rate, epoch) => schedule(epoch)),
        lr,
      ),
    ).toBeLessThan(1e-12);
  });
});

describe('cosineDecay', () => {
  test('falls from the learning rate to the minimum and stays there', () => {
    const schedule = cosineDecay({ learningRate: 1, duration: 10, minimum: 0.2 });
    expect(schedule(0)).toBe(1);
    expect(schedule(5)).toBeCloseTo(0.6, 12);
    for (const time of [10, 11, 1000]) expect(schedule(time)).toBeCloseTo(0.2, 12);
    for (let time = 0; time < 10; time++) expect(schedule(time + 1)).toBeLessThan(schedule(time));
  });

  test('rises linearly during the warm-up, reaches the learning rate and falls over the rest', () => {
    const schedule = cosineDecay({ learningRate: 2, duration: 14, warmUp: 4 });
    expect([0, 1, 2, 3, 4].map(schedule)).toEqual([0.5, 1, 1.5, 2, 2]);
    expect(schedule(9)).toBeCloseTo(1, 12);
    expect(schedule(14)).toBeCloseTo(0, 12);
  });

  test('may be all warm-up', () => {
    const schedule = cosineDecay({ learningRate: 1, duration: 4, warmUp: 4 });
    expect([0, 3, 4].map(schedule)).toEqual([0.25, 1, 0]);
  });
});

test('stepDecay drops by its factor from each milestone on', () => {
  const schedule = stepDecay({ learningRate: 8, milestones: [2, 3], factor: 0.5 });
  expect([0, 1, 2, 3, 9].map(schedule)).toEqual([8, 8, 4, 2, 2]);
});

describe('errors', () => {
  test.each([
    [{ duration: 3 }, 'Expected a number of at least 0 for option learningRate, received undefined.'],
    [{ learningRate: 1, duration: 0 }, 'Expected a number above 0 for option duration, received 0.'],
    [
      { learningRate: 1, duration: 3, warmUp: 4 },
      'Expected a number of at least 0 and of at most 3 for option warmUp, received 4.',
    ],
    [
      { learningRate: 1, duration: 3, minimum: 2 },
      'Expected a number of at least 0 and of at most 1 for option minimum, received 2.',
    ],
    [{ learningRate: 1, duration: 3, epochs: 2 }, 'for the options of cosineDecay(), received "epochs".'],
  ])('cosineDecay %j', (args, message) => {
    expect(() => cosineDecay(args as CosineDecayArgs)).toThrow(ArgumentError);
    expect(() => cosineDecay(args as CosineDecayArgs)).toThrow(message);
  });

  test.each([
    [
      { learningRate: 1, milestones: [3, 2] },
      'Expected an ascending list of times for option milestones, received [3, 2].',
    ],
    [{ learningRate: 1 }, 'Expected an ascending list of times for option milestones, received undefined.'],
    [
      { learningRate: 1, milestones: [1], factor: -1 },
      'Expected a number of at least 0 for option factor, received -1.',
    ],
  ])('stepDecay %j', (args, message) => {
    expect(() => stepDecay(args as StepDecayArgs)).toThrow(ArgumentError);
    expect(() => stepDecay(args as StepDecayArgs)).toThrow(message);
  });
});
