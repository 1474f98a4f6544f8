import { errorCode, errorMessage } from './fileError';

/** A package that is needed for what was asked, and cannot be loaded: not installed, or installed and broken. */
export class PackageError extends Error {
  override readonly name = 'PackageError';

  constructor(
    readonly packageName: string,
    /** False where nothing of that name is installed. */
    readonly installed: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Imports a package that users install only if they need it.
 *
 * @param purpose Who needs it, as the subject of a sentence: `imageFolder`.
 * @throws PackageError that gives the `npm i` line, or says why an installed package does not load.
 */
export async function importOptional<T>(packageName: string, purpose: string): Promise<T> {
  try {
    // A variable, not a literal: bundlers must not look for a package that may not be there.
    return (await import(/* @vite-ignore */ packageName)) as T;
  } catch (cause) {
    if (isMissing(cause, packageName)) {
      const message = `${purpose} needs the package ${packageName}, which is not installed: npm i ${packageName}`;
      throw new PackageError(packageName, false, message, { cause });
    }
    const message = `${purpose} needs the package ${packageName}, which is installed but does not load: ${errorMessage(cause)}`;
    throw new PackageError(packageName, true, message, { cause });
  }
}

/** Whether it is this very package that was not found, rather than something that it needs itself. */
function isMissing(error: unknown, packageName: string): boolean {
  const notFound = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(errorCode(error) ?? '');
  return notFound && /['"]([^'"]+)['"]/.exec(errorMessage(error))?.[1] === packageName;
}
