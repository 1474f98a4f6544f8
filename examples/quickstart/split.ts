import { randomStream } from 'tfjs-nonsemantic-negatives';
import type { Split } from './measure';
import type { Pictures } from './pictures';

/**
 * Holds out a share of the concepts; the split depends on nothing but their number.
 *
 * @returns The split, and the places of the held-out concepts among all.
 */
export function splitByConcept([first, ...others]: Pictures[], share: number): { split: Split; places: number[] } {
  const random = randomStream('split');
  const order = Array.from({ length: first.size }, (_, i) => ({ i, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ i }) => i);
  const places = order.slice(0, Math.floor(share * first.size));
  const split = {
    train: first.pick(order.slice(places.length)),
    heldOut: first.pick(places),
    shifted: others.map((domain) => domain.pick(places)),
  };
  return { split, places };
}
