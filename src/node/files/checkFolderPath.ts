import { ArgumentError, describe } from '../../support/errors';

/** Returns `value` if it is text that may be a folder's path. @throws ArgumentError otherwise. */
export function checkFolderPath(subject: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(subject, 'the path of a folder', describe(value));
}
