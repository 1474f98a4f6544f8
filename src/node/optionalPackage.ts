import { errorCode, errorMessage, failureReason } from './files/fileError';

/** A package that is needed for what was asked, and cannot be used: not installed, or installed and not working. */
export class PackageError extends Error {
  override readonly name = 'PackageError';

  /**
   * @param purpose Who needs it, as the subject of a sentence: `imageFolder`.
   * @param reason Why it does not work; undefined where nothing of that name is installed.
   */
  constructor(
    purpose: string,
    readonly packageName: string,
    readonly reason?: string,
    options?: ErrorOptions,
  ) {
    const problem =
      reason === undefined ? `not installed: npm i ${packageName}` : `installed but does not work: ${reason}`;
    super(`${purpose} needs the package ${packageName}, which is ${problem}`, options);
  }

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
    // Node itself must look for the package at run time: bundlers cannot know whether it will be there.
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ packageName)) as T;
  } catch (cause) {
    throw new PackageError(purpose, packageName, isMissing(cause, packageName) ? undefined : failureReason(cause), {
      cause,
    });
  }
}

/** Whether it is this very package that was not found, rather than something that it needs itself. */
function isMissing(error: unknown, packageName: string): boolean {
  const notFound = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(errorCode(error) ?? '');
  return notFound && /['"]([^'"]+)['"]/.exec(errorMessage(error))?.[1] === packageName;
}
