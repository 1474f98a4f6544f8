/** How another thread makes an object anew: by the name of its factory and the factory's arguments. */
interface Recipe {
  name: string;
  args: object;
}

// Of the registry, so that the ESM and the CommonJS build in one process read each other's.
const key = Symbol.for('tfjs-nonsemantic-negatives.recipe');

/** Notes on an object how it was made, and returns it. */
export function withRecipe<T extends object>(name: string, args: object, made: T): T {
  return Object.defineProperty(made, key, { value: { name, args } satisfies Recipe });
}

/** Returns how an object was made, if it is one of this package's. */
export const recipeOf = (made: unknown): Recipe | undefined => (made as { [key]?: Recipe } | null)?.[key];
