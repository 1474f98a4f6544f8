import { errorMessage, FileError, failureReason, isExhaustion } from '../files/fileError';
import type { SkipKind } from './outcome';

/** Thrown where one image has to do without a texture, and the others need not. */
export class Skip extends Error {
  constructor(
    readonly kind: SkipKind,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** What became of an image that sharp did not read. */
export function skipUnreadable(error: unknown): never {
  if (isExhaustion(error)) throw error;
  // sharp's words about its option limitInputPixels.
  const kind = /exceeds pixel limit/.test(errorMessage(error)) ? 'too large' : 'unreadable';
  throw new Skip(kind, error instanceof FileError ? error.reason : failureReason(error));
}
