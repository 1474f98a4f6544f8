import { checkOptionNames } from './checkOptionNames';
import { checkChoice, checkFunction, checkList, checkNumber, checkRange, checkText, type NumberBounds } from './checks';

/** How one option is checked. It is data too: tests derive good and bad values from it. */
export interface Option<T> {
  readonly kind: 'number' | 'choice' | 'range' | 'list' | 'text' | 'function' | 'custom';
  readonly bounds?: NumberBounds;
  readonly choices?: readonly unknown[];
  readonly entry?: Option<unknown>;
  readonly lengths?: LengthBounds;
  /** Whether the option may be left out. */
  readonly isOptional: boolean;
  /** Stands in for an option that is left out. */
  readonly default?: unknown;
  /** Returns the value to use. @throws ArgumentError for one that does not fit. */
  read(name: string, value: unknown): T;
}

interface LengthBounds {
  min?: number;
  max?: number;
}

/** One `Option` for each option of `Args`, and no others. */
type OptionsOf<Args> = { readonly [Name in keyof Args]-?: Option<Args[Name] | undefined> };

/** What `readOptions` returns: defaults filled in, so that only `optional` ones may be undefined. */
export type OptionValues<Specs> = { [Name in keyof Specs]: Specs[Name] extends Option<infer T> ? T : never };

/**
 * Checks the options of a function and fills in defaults.
 *
 * @param owner The function's name.
 * @param specs One entry for each option; an option without a default is required unless it is `optional`.
 * @throws ArgumentError for an unknown name, with the one that was probably meant, and for a value that does not fit.
 */
export function readOptions<Args extends object, Specs extends OptionsOf<Args>>(
  owner: string,
  args: Args | undefined,
  specs: Specs & { readonly [Name in Exclude<keyof Specs, keyof Args>]: never },
): OptionValues<Specs> {
  const given = (args === undefined ? {} : args) as { readonly [name: string]: unknown };
  checkOptionNames(owner, given, Object.keys(specs));
  const entries = Object.entries(specs as OptionsOf<{ [name: string]: unknown }>);
  return Object.fromEntries(
    entries.map(([name, option]) => [name, option.read(name, given[name])]),
  ) as OptionValues<Specs>;
}

type Settings<T> = { default?: T };
type NumberSettings = NumberBounds & Settings<number>;

/** Makes the option of a finite number within bounds. */
/* @__NO_SIDE_EFFECTS__ */
export function number(settings: NumberSettings = {}): Option<number> {
  return make('number', settings, (name, value) => checkNumber(name, value, settings), { bounds: settings });
}

/** Makes the option of an integer within bounds. */
/* @__NO_SIDE_EFFECTS__ */
export function integer(settings: Omit<NumberSettings, 'integer'> = {}): Option<number> {
  return number({ ...settings, integer: true });
}

/** Makes the option of one of a few values. */
/* @__NO_SIDE_EFFECTS__ */
export function choice<const T>(choices: readonly T[], settings: Settings<NoInfer<T>> = {}): Option<T> {
  return make('choice', settings, (name, value) => checkChoice(name, value, choices), { choices });
}

/** Makes the option of `true` or `false`. */
/* @__NO_SIDE_EFFECTS__ */
export function boolean(settings?: Settings<boolean>): Option<boolean> {
  return choice([true, false], settings);
}

/** Makes the option of an ascending pair of numbers within bounds. */
/* @__NO_SIDE_EFFECTS__ */
export function range(settings: NumberBounds & Settings<[number, number]> = {}): Option<[number, number]> {
  return make('range', settings, (name, value) => checkRange(name, value, settings), { bounds: settings });
}

/**
 * Makes the option of a list whose entries all fit `entry`.
 *
 * @param expected The noun phrase of the error, such as `a list of class names`.
 */
/* @__NO_SIDE_EFFECTS__ */
export function list<T>(entry: Option<T>, expected: string, settings: LengthBounds & Settings<T[]> = {}): Option<T[]> {
  const { min = 0, max = Number.POSITIVE_INFINITY } = settings;
  const fits = (length: number) => length >= min && length <= max;
  const check = (name: string, value: unknown) => checkList(name, value, expected, fits, entry.read);
  return make('list', settings, check, { entry, lengths: settings });
}

/** Makes the option of a string that is not empty. */
/* @__NO_SIDE_EFFECTS__ */
export function text(settings?: Settings<string>): Option<string> {
  return make('text', settings, checkText);
}

/** Makes the option of a function. */
/* @__NO_SIDE_EFFECTS__ */
export function func<T extends (...args: never[]) => unknown>(settings?: Settings<T>): Option<T> {
  return make('function', settings, (name, value) => checkFunction(name, value as T));
}

/** Makes the option of what `check` returns; it throws an `ArgumentError` for a value that does not fit. */
/* @__NO_SIDE_EFFECTS__ */
export function custom<T>(check: (name: string, value: unknown) => T, settings?: Settings<T>): Option<T> {
  return make('custom', settings, check);
}

/** Makes an option that may be left out and has no default. */
/* @__NO_SIDE_EFFECTS__ */
export function optional<T>(option: Option<T>): Option<T | undefined> {
  return {
    ...option,
    isOptional: true,
    read: (name, value) => (value === undefined ? undefined : option.read(name, value)),
  };
}

function make<T>(
  kind: Option<T>['kind'],
  settings: Settings<T> = {},
  check: (name: string, value: unknown) => T,
  data?: Partial<Option<T>>,
): Option<T> {
  const fallback = settings.default;
  return {
    ...data,
    kind,
    default: fallback,
    isOptional: fallback !== undefined,
    // A default passes the check too, so it cannot contradict its own bounds.
    read: (name, value) => check(name, value === undefined ? fallback : value),
  };
}
