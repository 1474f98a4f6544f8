import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import type { Option as OptionSpec } from '../../src/support/options';

/** What an option takes: some good values to call with, and what a value must be to be one. */
export interface Option {
  good: readonly unknown[];
  fits(value: unknown): boolean;
  /** Values that nearly fit, which chance would seldom try. */
  near: readonly unknown[];
}

interface Bounds {
  min?: number;
  max?: number;
  above?: number;
  integer?: boolean;
}

export function number({ min, max, above, integer }: Bounds, ...good: number[]): Option {
  const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  return {
    good,
    fits: (value) =>
      typeof value === 'number' &&
      Number.isFinite(value) &&
      value >= low &&
      value <= high &&
      (above === undefined || value > above) &&
      (!integer || Number.isInteger(value)),
    near: [low - 1, high + 1, above, 0.5, -0.5, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1'],
  };
}

export const choice = (...values: unknown[]): Option => ({
  good: values,
  fits: (value) => values.includes(value),
  near: [...values.map((value) => `${value} `), ...values.map((value) => [value]), 0, 1, ''],
});

/** A list whose entries fit, of a length that fits. */
export function list(entry: Option, length: (n: number) => boolean, ...good: unknown[][]): Option {
  const whole = good[0] ?? [];
  const spoilt = entry.near.filter((bad) => !entry.fits(bad)).map((bad) => [bad, ...whole.slice(1)]);
  return {
    good,
    fits: (value) => Array.isArray(value) && length(value.length) && [...value].every(entry.fits),
    near: [...spoilt, [...whole, ...whole, ...whole], [], whole.slice(1), new Float32Array(3), new Array(3), whole[0]],
  };
}

/** A pair [min, max]. */
export function range(bounds: Bounds, ...good: [number, number][]): Option {
  const ends = list(number(bounds), (n) => n === 2, ...good);
  const ascending = (value: unknown) => ends.fits(value) && (value as number[])[0] <= (value as number[])[1];
  return { ...ends, fits: ascending, near: [...ends.near, [...good[0]].reverse()] };
}

/** What the source itself says of its options, with good values for each. */
export function fromSpecs<Specs extends { [name: string]: OptionSpec<unknown> }>(
  specs: Specs,
  good: { [Name in keyof Specs]: readonly unknown[] },
): { [Name in keyof Specs]: Option } {
  const entries = Object.entries(specs).map(([name, spec]) => [name, fromSpec(spec, good[name])]);
  return Object.fromEntries(entries) as { [Name in keyof Specs]: Option };
}

function fromSpec(
  { kind, bounds = {}, choices = [], entry, lengths = {} }: OptionSpec<unknown>,
  good: readonly unknown[],
): Option {
  const { min = 0, max = Number.POSITIVE_INFINITY } = lengths;
  switch (kind) {
    case 'number':
      return number(bounds, ...(good as number[]));
    case 'choice':
      return choice(...choices);
    case 'range':
      return range(bounds, ...(good as [number, number][]));
    case 'list':
      return list(fromSpec(entry!, []), (n) => n >= min && n <= max, ...(good as unknown[][]));
    case 'function':
      return functions(...(good as object[]));
    case 'text':
      return { good, fits: (value: unknown) => typeof value === 'string' && value !== '', near: [''] };
    case 'custom':
      return only(...good);
  }
}

/** A list option whose length depends on the inputs. */
export const ofLength = (length: number, option: Option): Option => ({
  ...option,
  fits: (value) => option.fits(value) && (value as unknown[]).length === length,
});

/** A number for both sides of a rectangle, or one for each. */
export function size(...good: unknown[]): Option {
  const side = number({ min: 1, integer: true });
  const pair = list(side, (n) => n === 2, [9, 10]);
  return { good, fits: (value) => side.fits(value) || pair.fits(value), near: [...side.near, ...pair.near] };
}

export const functions = (...good: object[]): Option => ({
  good,
  fits: (value) => typeof value === 'function',
  near: ['() => 1', {}],
});

/** Anything that `fits`; only `good` values do. */
export const only = (...good: unknown[]): Option => ({ good, fits: (value) => good.includes(value), near: [] });

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

/** Wrong in most places. Not among them: `undefined`, which is an option that is not given, and `null`. */
const wrong: readonly unknown[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, 1e300, '', '1', 'x', true, false, 10n, Symbol('s')],
  ...[{}, [], [1], [[1]], [Number.NaN, 1], cyclic, { big: 1n }, Object.create(null), () => 1, new Date(0), new Map()],
];

/** Values that the option does not take. */
export const misfits = (option: Option): fc.Arbitrary<unknown> =>
  fc
    .oneof(
      { weight: 2, arbitrary: fc.constantFrom(...wrong, ...option.near) },
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withTypedArray: true, withMap: true }),
    )
    .filter((value) => value !== null && value !== undefined && !option.fits(value));

/** Values that are no tensor, and nothing else that an input would take. */
export const noTensor: fc.Arbitrary<unknown> = fc.constantFrom(null, undefined, ...wrong);

/** A tensor told in words, so that a failing case can be read and made again. */
export interface TensorSpec {
  shape: number[];
  dtype: 'float32' | 'int32' | 'bool' | 'string' | 'complex64';
  fill: 'waves' | 'zeros' | 'NaN' | 'Infinity' | 'huge';
}

export function makeTensor({ shape, dtype, fill }: TensorSpec): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const fills = { waves: Number.NaN, zeros: 0, NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, huge: 3e38 };
  const value = (i: number) => (fill === 'waves' ? 0.5 + 0.5 * Math.sin(1.7 * i * i + 0.3 * i) : fills[fill]);
  if (dtype === 'string') return tf.tensor(new Array(size).fill('x'), shape, 'string');
  const values = Float32Array.from({ length: size }, (_, i) => (fill === 'waves' || i % 3 === 0 ? value(i) : 0.5));
  if (dtype === 'int32')
    return tf.tensor(
      Int32Array.from(values, (x) => 255 * x),
      shape,
      'int32',
    );
  if (dtype === 'bool')
    return tf.tensor(
      Uint8Array.from(values, (x) => Number(x > 0.5)),
      shape,
      'bool',
    );
  // wasm has no complex numbers at all.
  if (dtype === 'complex64' && tf.getKernel('Complex', tf.getBackend()))
    return tf.tidy(() => tf.complex(tf.tensor(values, shape), tf.tensor(values, shape)));
  return tf.tensor(values, shape);
}

const side = fc.constantFrom<number[]>(1, 2, 3, 5, 8, 16, 17, 0);

/** Tensors of any shape, and as often those of a good shape with another type or other values. */
export const tensors = (shape: number[]): fc.Arbitrary<TensorSpec> =>
  fc.record({
    shape: fc.oneof(
      fc.constant(shape),
      // One side is another.
      fc.tuple(fc.nat(Math.max(0, shape.length - 1)), side).map(([i, n]) => shape.map((old, j) => (i === j ? n : old))),
      fc.array(side, { maxLength: 5 }).filter((sides) => tf.util.sizeFromShape(sides) <= 8192),
    ),
    dtype: fc.oneof(
      fc.constant<TensorSpec['dtype']>('float32'),
      fc.constantFrom<TensorSpec['dtype'][]>('int32', 'bool', 'string', 'complex64'),
    ),
    fill: fc.constantFrom<TensorSpec['fill'][]>('waves', 'zeros', 'NaN', 'Infinity', 'huge'),
  });

/** Frees whatever an input is. */
export function free(value: unknown): void {
  if (value === cyclic) return;
  if (value instanceof tf.Tensor) value.dispose();
  else if (Array.isArray(value)) value.forEach(free);
  else if (isModel(value)) value.dispose();
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    Object.values(value).forEach(free);
}

const isModel = (value: unknown): value is tfl.LayersModel =>
  typeof value === 'object' && value !== null && 'predict' in value && 'dispose' in value;
