import { ArgumentError } from '../../support/errors';
import { errorMessage, FileError } from '../files/fileError';
import { PackageError } from '../optionalPackage';

/** An error between two threads. */
export interface PackedError {
  message: string;
  stack?: string;
  /** Its other fields that are text or numbers, such as the path of a file. */
  fields: { [name: string]: unknown };
}

const classes = [ArgumentError, FileError, PackageError];

export function packError(error: unknown): PackedError {
  const fields = Object.entries(error ?? {}).filter(([, value]) => ['string', 'number'].includes(typeof value));
  return { message: errorMessage(error), stack: (error as Error)?.stack, fields: Object.fromEntries(fields) };
}

/** Returns an error of the same class, where it is one of this package's. */
export function unpackError({ message, stack, fields }: PackedError): Error {
  const error = Object.assign(new Error(message), fields);
  if (stack !== undefined) error.stack = stack;
  const Class = classes.find(({ name }) => name === fields.name);
  return Class ? Object.setPrototypeOf(error, Class.prototype) : error;
}
