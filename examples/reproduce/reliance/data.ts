import { augmentations, configs, relianceSizes } from '../../quickstart/config';
import { emojiPictures } from '../../quickstart/emoji';
import { makeRelianceTest } from '../../quickstart/reliance';
import { splitByConcept } from '../../quickstart/split';

export const side = 32;
export const config = configs.native;

/** The emoji to train on and to measure, the cue images, and the views, all as in the quickstart. */
export async function makeData() {
  const { pictures, groups, objects } = await emojiPictures(side);
  const { split, places } = splitByConcept(pictures, config.heldOut);
  const test = await makeRelianceTest(objects, { ...split.heldOut, places }, groups, relianceSizes.native);
  if (!test) throw new Error('Expected emoji that can be measured, received none.');
  return { split, test, views: augmentations(side) };
}
