import { inWords } from '../support/words';
import { type CifarDifferences, differenceKey } from './differences';
import { measures } from './measures';

/** Writes the README's line: what patches at alpha 2 gain. */
export function factOf({ differences }: CifarDifferences): string {
  const [linear, corrupted] = [measures.linear, measures.corrupted].map(
    (measure) => differences[differenceKey('patch-2', 'moco', measure)],
  );
  return (
    `On [CIFAR-10](docs/reproduction.md), ${linear.count} paired seeds, accuracy changes by ${inWords(linear)} points, ` +
    `under corruption by ${inWords(corrupted)}`
  );
}
