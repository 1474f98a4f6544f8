import { ArgumentError, describe } from './errors';

/** A source of uniform random numbers in [0, 1), as `Math.random` is one. */
export type Random = () => number;

/**
 * Returns a stream of uniform random numbers in [0, 1), a function of its key alone:
 * `randomStream(seed, epoch, index, 'query')`.
 *
 * The key is hashed to 128 bits (adding the parts would let neighbors collide) and seeds Chris Doty-Humphrey's small
 * fast counting generator sfc32 (PractRand).
 *
 * @throws ArgumentError for a part of the key that is neither a number nor a string.
 */
export function randomStream(...key: readonly (number | string)[]): Random {
  for (const part of key) {
    if (typeof part !== 'number' && typeof part !== 'string')
      throw new ArgumentError('the key of randomStream()', 'numbers and strings', describe(part));
  }
  let [a, b, c, counter] = hash(key.join('\u0000'));
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Hashes `text` in four 32-bit lanes by multiply and xor, each finished with murmur3's mixer. */
function hash(text: string): [number, number, number, number] {
  const lanes = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x85ebca6b];
  const factors = [0x01000193, 0x5bd1e995, 0xcc9e2d51, 0x1b873593];
  for (let i = 0; i < text.length; i++) {
    for (let lane = 0; lane < 4; lane++) {
      const mixed = Math.imul(lanes[lane] ^ text.charCodeAt(i), factors[lane]);
      lanes[lane] = mixed ^ (mixed >>> 15);
    }
  }
  return lanes.map(finish) as [number, number, number, number];
}

function finish(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Draws a uniform number in [low, high). */
export function uniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** Draws a uniform integer in [low, high], both ends included. */
export function uniformInteger(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** Draws a uniformly random permutation of 0 … size - 1 (Fisher and Yates). */
export function permutation(random: Random, size: number): number[] {
  const order = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = uniformInteger(random, 0, i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
