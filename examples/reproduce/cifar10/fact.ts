import { inWords } from '../support/words';
import { type CifarDifferences, differenceKey } from './differences';
import { measures } from './measures';

/** Writes the README's line: what patches at alpha 2 gain, with the small encoder and with a residual one. */
export function factOf({ differences }: CifarDifferences): string {
  const gains = (to: string, from: string) =>
    [measures.linear, measures.corrupted].map((measure) => differences[differenceKey(to, from, measure)]);
  const [linear, corrupted] = gains('patch-2', 'moco');
  const [ofResidual, ofResidualCorrupted] = gains('patch-2-residual', 'moco-residual');
  return (
    `On [CIFAR-10](docs/reproduction.md), ${linear.count} paired seeds, accuracy changes by ${inWords(linear)} points, ` +
    `under corruption by ${inWords(corrupted)}; with a residual encoder, ${ofResidual.count} pairs, by ` +
    `${inWords(ofResidual)} and ${inWords(ofResidualCorrupted)}`
  );
}
