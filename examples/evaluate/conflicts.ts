import { cueConflictClasses, type ShapeBiasResult, shapeBias } from 'tfjs-nonsemantic-negatives/evaluation';
import type { ImageSet } from './imageSet';

/** Reads shape and texture of each image from its file name; nothing if the files have other names. */
export function conflictsOf(set: ImageSet): { shape: string; texture: string }[] | undefined {
  const named = (set.paths ?? []).map((path) => {
    try {
      const { shape, texture } = cueConflictClasses(path);
      return { shape: set.nameOf(shape), texture: set.nameOf(texture) };
    } catch {
      return { shape: '', texture: '' };
    }
  });
  return named.length > 0 && named.every(({ shape }, i) => shape === set.classOf[i]) ? named : undefined;
}

/** Of the conflicts whose texture, too, is one of the classes that the classifier knows. */
export function biasOf(
  conflicts: readonly { shape: string; texture: string }[],
  classes: readonly string[],
  answers: readonly string[],
): ShapeBiasResult {
  const decisions = conflicts.map((conflict, i) => ({ ...conflict, predicted: answers[i] }));
  return shapeBias(decisions.filter(({ texture }) => classes.includes(texture)));
}
