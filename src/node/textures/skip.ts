import { errorMessage, FileError, failureReason, isExhaustion } from '../files/fileError';
import type { SkipKind } from './outcome';

/** Thrown if one image gets no texture and the others are not affected. */
export class Skip extends Error {
  constructor(
    readonly kind: SkipKind,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * Turns a failure of sharp into a skip of the image. @throws Skip, or the error where the machine ran out of something.
 */
export function skipUnreadable(error: unknown): never {
  if (isExhaustion(error)) throw error;
  // sharp's words about its option limitInputPixels.
  const kind = /exceeds pixel limit/.test(errorMessage(error)) ? 'too large' : 'unreadable';
  throw new Skip(kind, error instanceof FileError ? error.reason : failureReason(error));
}
