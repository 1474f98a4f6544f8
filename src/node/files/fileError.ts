/** A file or folder that could not be read or written. Its message names the path and says why. */
export class FileError extends Error {
  /** Name of the class. */
  override readonly name = 'FileError';

  /** @param action The failed action, such as `read the image`. */
  constructor(
    action: string,
    /** Path of the file or folder. */
    readonly path: string,
    /** Why the action failed, without a full stop. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    // As JSON, so that a newline or a blank in a name shows.
    super(`Cannot ${action} ${JSON.stringify(path)}: ${reason}.`, options);
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'a loop of symbolic links',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
};

/** Says why a file operation failed: one line without a full stop. */
export function failureReason(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined && reasons[code] !== undefined) return reasons[code];
  return errorMessage(error).trim().split('\n', 1)[0].replace(/\.$/, '');
}

/**
 * Returns an error's message, whatever was thrown. (`instanceof Error` is false for errors of another realm, as in vm.)
 */
export function errorMessage(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

/** Returns Node's name of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

/** Tells whether the machine ran out of something, and the file itself is fine. */
export function isExhaustion(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'ENOMEM'].includes(errorCode(error) ?? '');
}
