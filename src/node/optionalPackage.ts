import { errorCode, errorMessage, failureReason } from './files/fileError';

/** A package that a call needs is not installed, or installed and not working. */
export class PackageError extends Error {
  /** Name of the class. */
  override readonly name = 'PackageError';

  /** @param purpose The subject of the sentence, such as `imageFolder`. */
  constructor(
    purpose: string,
    /** Name of the package on npm. */
    readonly packageName: string,
    /** Why the package does not work; undefined if it is not installed. */
    readonly reason?: string,
    options?: ErrorOptions,
  ) {
    const problem =
      reason === undefined ? `not installed: npm i ${packageName}` : `installed but does not work: ${reason}`;
    super(`${purpose} needs the package ${packageName}, which is ${problem}.`, options);
  }

  /** Whether the package is installed, but does not work. */
  get installed(): boolean {
    return this.reason !== undefined;
  }
}

/**
 * Imports a package that users install only if they need it.
 *
 * @throws PackageError that gives the `npm i` line, or says why an installed package does not load.
 */
export async function importOptional<T>(packageName: string, purpose: string): Promise<T> {
  try {
    // A variable, and the comments: bundlers must leave the import of a package that may be absent to Node.
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ packageName)) as T;
  } catch (cause) {
    throw new PackageError(purpose, packageName, isMissing(cause, packageName) ? undefined : failureReason(cause), {
      cause,
    });
  }
}

/** Tells whether this very package was not found, rather than one that it needs itself. */
function isMissing(error: unknown, packageName: string): boolean {
  const notFound = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(errorCode(error) ?? '');
  return notFound && /['"]([^'"]+)['"]/.exec(errorMessage(error))?.[1] === packageName;
}
