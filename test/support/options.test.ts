import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from 'tfjs-nonsemantic-negatives';
import {
  boolean,
  choice,
  func,
  integer,
  list,
  number,
  optional,
  range,
  readOptions,
  text,
} from '../../src/support/options';

interface Args {
  count?: number;
  rate: number;
  mode?: 'fast' | 'high';
  sizes?: number[];
  window?: [number, number];
  flag?: boolean;
  name?: string;
  callback?: () => void;
}

const specs = {
  count: integer({ min: 1, default: 1 }),
  rate: number({ above: 0 }),
  mode: choice(['fast', 'high'], { default: 'fast' }),
  sizes: list(integer({ min: 1 }), 'a list of one to three sizes', { min: 1, max: 3, default: [4, 8] }),
  window: optional(range({ min: 0 })),
  flag: boolean({ default: true }),
  name: optional(text()),
  callback: optional(func<() => void>()),
};
const read = (args: object) => readOptions('train', args as Args, specs);
const refusal = (args: unknown) => {
  try {
    read(args as object);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  }
  return 'accepted';
};

test('defaults stand in for what is left out, and optional options stay undefined', () => {
  const options = read({ rate: 0.5, count: undefined });
  expect(options).toEqual({ count: 1, rate: 0.5, mode: 'fast', sizes: [4, 8], flag: true });
  const typed: { count: number; mode: 'fast' | 'high'; window: [number, number] | undefined } = options;
  expect(typed.window).toBeUndefined();
});

test('what is given is returned, lists as copies', () => {
  const given = {
    rate: 1,
    count: 3,
    mode: 'high',
    sizes: [1],
    window: [0, 2],
    flag: false,
    name: 'n',
    callback: () => {},
  };
  const options = read(given);
  expect(options).toEqual(given);
  expect(options.sizes).not.toBe(given.sizes);
});

test.each<[object, string]>([
  [{}, 'Expected a number above 0 for option rate, received undefined.'],
  [{ rate: 0 }, 'Expected a number above 0 for option rate, received 0.'],
  [{ rate: 1, count: 1.5 }, 'Expected an integer of at least 1 for option count, received 1.5.'],
  [{ rate: 1, mode: 'slow' }, 'Expected one of "fast", "high" for option mode, received "slow".'],
  [{ rate: 1, sizes: [] }, 'Expected a list of one to three sizes for option sizes, received [].'],
  [{ rate: 1, sizes: [1, 0] }, 'Expected an integer of at least 1 for option sizes[1], received 0.'],
  [{ rate: 1, window: [2, 1] }, 'Expected an ascending pair [min, max] for option window, received [2, 1].'],
  [{ rate: 1, flag: null }, 'Expected one of true, false for option flag, received null.'],
  [{ rate: 1, name: '' }, 'Expected some text for option name, received "".'],
  [{ rate: 1, callback: {} }, 'Expected a function for option callback, received {}.'],
])('%j is refused by name', (args, message) => {
  expect(refusal(args)).toBe(message);
});

const names = 'count, rate, mode, sizes, window, flag, name, callback';
test.each([
  ['cuont', ' Did you mean count?'],
  ['Rate', ' Did you mean rate?'],
  ['size', ' Did you mean sizes?'],
  ['temperature', ''],
])('the unknown option %s is refused with a suggestion', (name, hint) => {
  expect(refusal({ rate: 1, [name]: 1 })).toBe(
    `Expected some of ${names} for the options of train(), received "${name}".${hint}`,
  );
});

test.each([
  [null, 'null'],
  [3, '3'],
  [[1], '[1]'],
])('%p is not an object of options', (args, received) => {
  expect(refusal(args)).toBe(`Expected an object for the options of train(), received ${received}.`);
});

test('a tensor in place of options is refused as what it is', () => {
  const received = 'a float32 tensor of shape [2, 3]';
  expect(refusal(tf.zeros([2, 3]))).toBe(`Expected an object for the options of train(), received ${received}.`);
});

test('a spec must have exactly the options of its interface', () => {
  const { rate: _, ...incomplete } = specs;
  // @ts-expect-error: rate is missing.
  const missing = () => readOptions<Args, typeof incomplete>('train', {} as Args, incomplete);
  const more = { ...specs, extra: number() };
  // @ts-expect-error: extra is no option of Args.
  const unknown = () => readOptions('train', { rate: 1 } as Args, more);
  expect([missing, unknown]).toHaveLength(2);
});
