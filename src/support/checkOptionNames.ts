import { Tensor } from '@tensorflow/tfjs-core';
import { closest } from './closest';
import { ArgumentError, describe } from './errors';
import { isRecord } from './isRecord';

/** Refuses names that `owner` does not know: a misspelled option must not be ignored silently. @throws ArgumentError */
export function checkOptionNames(owner: string, args: object, names: readonly string[]): void {
  const subject = `the options of ${owner}()`;
  if (!isRecord(args) || args instanceof Tensor) throw new ArgumentError(subject, 'an object', describe(args));
  for (const name of Object.keys(args)) {
    if (names.includes(name)) continue;
    const meant = closest(name, names);
    const expected = names.length > 0 ? `some of ${names.join(', ')}` : 'no names';
    throw new ArgumentError(subject, expected, describe(name), meant && `Did you mean ${meant}?`);
  }
}
