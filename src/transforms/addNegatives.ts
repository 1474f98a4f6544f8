import { imageStream } from '../data/imageKeys';
import { negativeNames, negativeSource, type Transform, transformImages } from './element';
import type { RandomTransform } from './randomTransform';

/** Makes a `Dataset.map` function that adds `count` negatives under the next free numbers. */
export function addNegatives<Params>(
  owner: string,
  { count, seed }: { count: number; seed: number },
  transform: RandomTransform<Params>,
): Transform & RandomTransform<Params> {
  const map = transformImages(owner, ({ images, keys }) => {
    const source = negativeSource(owner, images);
    const [, ...shape] = source.shape;
    const added = { ...images };
    for (let i = 0; i < count; i++) {
      const name = `negative_${negativeNames(added).length}`;
      const params = keys.map((key) => transform.sample(shape, imageStream(seed, key, name)));
      added[name] = transform.apply(source, params);
    }
    return added;
  });
  return Object.assign(map, transform);
}
