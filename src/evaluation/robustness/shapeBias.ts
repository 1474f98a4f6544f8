import { ArgumentError, describe } from '../../support/errors';

/** A classifier's decision on an image that has the shape of one class and the texture of another. */
export interface CueConflictDecision {
  /** The class of the shape. */
  shape: string | number;
  /** The class of the texture. */
  texture: string | number;
  /** The class predicted. */
  predicted: string | number;
}

/** How often a classifier decided for the shape and for the texture. */
export interface ShapeBiasCounts {
  /** Share of shape among the decisions for shape or texture; NaN if there are none. */
  shapeBias: number;
  /** Decisions for the shape's class. */
  shape: number;
  /** Decisions for the texture's class. */
  texture: number;
  /** Decisions for a third class. */
  other: number;
}

/** What `shapeBias` returns. */
export interface ShapeBiasResult extends ShapeBiasCounts {
  /** The same for the images of each shape class. */
  perClass: Record<string, ShapeBiasCounts>;
  /** Mean of the shape bias over the classes in which it is defined. */
  classMean: number;
  /** Images left out because shape and texture are of one class. */
  withoutConflict: number;
}

/**
 * Measures shape bias (Geirhos et al. 2019, section 2): of the decisions on cue-conflict images that are right by shape
 * or by texture, the share that is right by shape. Images without a conflict do not count, as in the paper.
 *
 * @throws ArgumentError if a decision lacks one of its three classes.
 */
export function shapeBias(decisions: readonly CueConflictDecision[]): ShapeBiasResult {
  if (!Array.isArray(decisions)) throw new ArgumentError('input decisions', 'an array', describe(decisions));
  Array.from(decisions).forEach((decision, i) => {
    for (const cue of ['shape', 'texture', 'predicted'] as const) {
      const value: unknown = decision?.[cue];
      if (typeof value !== 'string' && !Number.isInteger(value))
        throw new ArgumentError(`input decisions[${i}].${cue}`, 'the name or number of a class', describe(value));
    }
  });
  const conflicts = decisions.filter(({ shape, texture }) => shape !== texture);
  const classes = [...new Set(conflicts.map(({ shape }) => shape))].sort();
  const perClass = Object.fromEntries(
    classes.map((name) => [String(name), count(conflicts.filter(({ shape }) => shape === name))]),
  );
  const defined = Object.values(perClass).filter(({ shapeBias }) => !Number.isNaN(shapeBias));
  return {
    ...count(conflicts),
    perClass,
    classMean: defined.reduce((sum, { shapeBias }) => sum + shapeBias, 0) / defined.length,
    withoutConflict: decisions.length - conflicts.length,
  };
}

function count(conflicts: readonly CueConflictDecision[]): ShapeBiasCounts {
  const shape = conflicts.filter((decision) => decision.predicted === decision.shape).length;
  const texture = conflicts.filter((decision) => decision.predicted === decision.texture).length;
  return { shapeBias: shape / (shape + texture), shape, texture, other: conflicts.length - shape - texture };
}

/**
 * Reads the two classes in a file name of the cue-conflict images of Geirhos et al.: `cat7-bottle3.png` has a cat's
 * shape and a bottle's texture.
 *
 * @param path A file name, with or without folders.
 * @throws ArgumentError if the name has another form.
 */
export function cueConflictClasses(path: string): { shape: string; texture: string } {
  const match = typeof path === 'string' ? /(?:^|[\\/])([a-z_]+)\d*-([a-z_]+)\d*\.\w+$/i.exec(path) : null;
  if (!match) throw new ArgumentError('input path', 'a name such as cat7-bottle3.png', describe(path));
  return { shape: match[1], texture: match[2] };
}
