import { imageStream } from '../data/imageKeys';
import { negativeNames, negativeSource, type Transform, transformImages } from './element';
import type { RandomTransform } from './randomTransform';

/** Makes a `Dataset.map` function that adds `count` negatives under the next free numbers, and keeps its two halves. */
export function addNegatives<Parameters>(
  owner: string,
  { count, seed }: { count: number; seed: number },
  halves: RandomTransform<Parameters>,
): Transform & RandomTransform<Parameters> {
  const transform = transformImages(owner, ({ images, keys }) => {
    const source = negativeSource(owner, images);
    const [, ...shape] = source.shape;
    const added = { ...images };
    for (let i = 0; i < count; i++) {
      const name = `negative_${negativeNames(added).length}`;
      const parameters = keys.map((key) => halves.sample(shape, imageStream(seed, key, name)));
      added[name] = halves.apply(source, parameters);
    }
    return added;
  });
  return Object.assign(transform, halves);
}
