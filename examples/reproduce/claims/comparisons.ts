import { type CifarDifferences, differenceKey } from '../cifar10/differences';
import { type Measure, measures } from '../cifar10/measures';
import { type RelianceMeasure, similarities } from '../reliance/measures';
import type { RelianceRun } from '../reliance/results';
import { type Difference, differenceOf, pairedDifference, pairsOf } from '../support/statistics';
import { type ClassChange, classChanges, fineLessLone, textureCorrelation } from '../tiny-imagenet/classes';
import type { TinyRun } from '../tiny-imagenet/results';

/** All results that claims are judged by. */
export interface Results {
  cifar: CifarDifferences;
  reliance: readonly RelianceRun[];
  tiny: readonly TinyRun[];
}

/** A difference that the paper expects above 0 (sign 1) or below (sign -1). */
export interface Comparison {
  title: string;
  sign: 1 | -1;
  difference(results: Results): Pick<Difference, 'count' | 'mean' | 'halfInterval'>;
}

type Spread = Pick<Difference, 'mean' | 'halfInterval'>;

const none = { count: 0, mean: Number.NaN, halfInterval: Number.NaN };

export const onCifar = (sign: 1 | -1, measure: Measure, to: string, from: string, kind = ''): Comparison => ({
  title: `CIFAR-10${kind}, ${measure.title}`,
  sign,
  difference: ({ cifar }) => cifar.differences[differenceKey(to, from, measure)] ?? none,
});

export const onEmoji = (sign: 1 | -1, measure: RelianceMeasure, to: string, from: string): Comparison => ({
  title: `emoji, ${measure.title}`,
  sign,
  difference: ({ reliance }) => differenceOf(pairsOf(reliance, from, to), measure),
});

export const onTiny = (setting: 'images' | 'corrupted', to: string): Comparison => ({
  title: `Tiny-ImageNet, ${setting}`,
  sign: 1,
  difference: ({ tiny }) => differenceOf(pairsOf(tiny, 'moco', to), { of: ({ accuracy }) => 100 * accuracy[setting] }),
});

/** A figure over the classes, which the paper expects below 0; the count is that of the pairs of runs. */
const overClasses = (title: string, to: string, of: (changes: ClassChange[]) => Spread): Comparison => ({
  title: `Tiny-ImageNet, ${title}`,
  sign: -1,
  difference({ tiny }) {
    const count = pairsOf(tiny, 'moco', to).length;
    return count === 0 ? none : { count, ...of(classChanges(tiny, to)) };
  },
});

/** In hundredths; of the two sides of the interval, the longer. */
export const correlationOverClasses = (to: string): Comparison =>
  overClasses('correlation of accuracy from textures with the change, · 100', to, (changes) => {
    const { value, low, high } = textureCorrelation(changes);
    return { mean: 100 * value, halfInterval: 100 * Math.max(value - low, high - value) };
  });

export const fineLessLoneClasses = (to: string): Comparison =>
  overClasses('change of fine classes less that of lone ones', to, fineLessLone);

/** Within each run of an arm: how much nearer the query is to its negatives than to the queue, in hundredths. */
export const hardness = (arm: string): Comparison => ({
  title: 'emoji, cosine to its negatives less that to the queue, · 100',
  sign: 1,
  difference({ reliance }) {
    const own = reliance.filter((run) => run.arm === arm && run.training?.history);
    return pairedDifference(
      own.map((run) => 100 * similarities.queue.of(run)),
      own.map((run) => 100 * similarities.negative.of(run)),
    );
  },
});

/** The comparisons of the claims on CIFAR-10, kept by `differenceKey`. */
export const cifarComparisons: readonly { measure: Measure; to: string; from: string }[] = [
  ...Object.values(measures).flatMap((measure) =>
    ['patch-2', 'patch-3', 'texture-2', 'texture-patch-2'].map((to) => ({ measure, to, from: 'moco' })),
  ),
  ...Object.values(measures).map((measure) => ({ measure, to: 'patch-3', from: 'patch-2' })),
  ...Object.values(measures).map((measure) => ({ measure, to: 'patch-2', from: 'texture-2' })),
  ...Object.values(measures).flatMap((measure) =>
    ['residual', 'long'].map((kind) => ({ measure, to: `patch-2-${kind}`, from: `moco-${kind}` })),
  ),
];
