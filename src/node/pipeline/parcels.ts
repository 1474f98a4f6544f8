import { ArgumentError, describe } from '../../support/errors';
import { isRecord } from '../../support/isRecord';
import { recipeOf } from '../../support/recipe';
import { mocoV2Augmentation } from '../../transforms/mocoV2Augmentation';
import { patchNegative } from '../../transforms/patchNegative';
import { textureNegative } from '../../transforms/textureNegative';
import { twoViews } from '../../transforms/twoViews';
import { type Cifar10Args, cifar10 } from '../images/cifar10';
import { openListing } from '../images/imageFolder';

/** What another thread makes an object of: a factory's name and arguments, or a module. */
export type Parcel = { factory: string; args: { [name: string]: unknown } } | { module: string };

/** What another thread can make by itself. */
const factories: { [name: string]: (args: never) => unknown } = {
  mocoV2Augmentation,
  patchNegative,
  textureNegative,
  twoViews,
  imageFolder: openListing,
  cifar10: ({ dir, args }: { dir: string; args: Cifar10Args }) => cifar10(dir, args),
};

/**
 * Returns what another thread makes the same object of. @throws ArgumentError for code, which cannot travel.
 *
 * @param expected The noun phrase of the error.
 */
export function parcelOf(subject: string, expected: string, made: unknown): Parcel {
  if (made instanceof URL) return { module: made.href };
  const recipe = recipeOf(made);
  if (!recipe)
    throw new ArgumentError(
      subject,
      `${expected}, or the URL of a module whose default export it is`,
      describe(made),
      "Code cannot move to a thread: export it from a file, and pass new URL('./file.js', import.meta.url).",
    );
  const args = Object.entries(recipe.args).map(([name, value]) => {
    const isCode = isRecord(value) && Object.values(value).some((part) => typeof part === 'function');
    return [
      name,
      isCode ? parcelOf(`option ${name} of ${recipe.name}() in ${subject}`, 'a mocoV2Augmentation()', value) : value,
    ];
  });
  return { factory: recipe.name, args: Object.fromEntries(args) };
}

/** Makes the object of a parcel. @throws ArgumentError for a module without a default export. */
export async function unpackParcel<T>(parcel: Parcel): Promise<T> {
  if ('module' in parcel) return loadDefault<T>(parcel.module);
  const args = await Promise.all(
    Object.entries(parcel.args).map(async ([name, value]) => [
      name,
      isParcel(value) ? await unpackParcel(value) : value,
    ]),
  );
  return factories[parcel.factory](Object.fromEntries(args) as never) as T;
}

const isParcel = (value: unknown): value is Parcel => isRecord(value) && 'factory' in value && 'args' in value;

/** Awaits a module's default export; that of a compiled CommonJS module lies one level deeper. */
async function loadDefault<T>(url: string): Promise<T> {
  const module = await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
  const exported = await module.default;
  const made = exported?.__esModule ? await exported.default : exported;
  if (made === undefined)
    throw new ArgumentError('the module of workerDataset()', 'a default export', `none of ${describe(url)}`);
  return made as T;
}
