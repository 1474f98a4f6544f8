import { Tensor } from '@tensorflow/tfjs-core';
import { checkList, checkNumber } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import type { ConflictPair, CueImages } from './cues';

const isAlive = (value: unknown) => value instanceof Tensor && !value.isDisposed;

/** Returns `cues` if `cueImages` made them and they are not disposed. @throws ArgumentError otherwise. */
export function checkCues(cues: CueImages): CueImages {
  const { images, masks, backgrounds, pairs } = cues ?? {};
  if ([images, masks, backgrounds].every(isAlive) && Array.isArray(pairs)) return cues;
  throw new ArgumentError('input cues', 'cue images of cueImages()', describe(cues));
}

/**
 * Returns the pairs if each names two concepts of the cue images, which have textures. @throws ArgumentError otherwise.
 */
export function checkPairs(cues: CueImages, pairs: readonly ConflictPair[]): ConflictPair[] {
  if (!isAlive(checkCues(cues).textures))
    throw new ArgumentError('input cues', 'cue images with textures', describe(cues));
  const max = cues.images.shape[0] - 1;
  const concept = (name: string, value: unknown) => checkNumber(name, value, { min: 0, max, integer: true });
  const isPair = (length: number) => length === 2;
  return checkList(
    'pairs',
    pairs,
    'at least one pair [shape, texture]',
    (length) => length > 0,
    (name, pair) => checkList(name, pair, 'a pair [shape, texture]', isPair, concept) as ConflictPair,
  );
}
