import { type CifarDifferences, differenceKey } from '../cifar10/differences';
import { type Measure, measures } from '../cifar10/measures';
import { measures as emoji, type RelianceMeasure, similarities } from '../reliance/measures';
import type { RelianceRun } from '../reliance/results';
import { type Difference, differenceOf, pairedDifference, pairsOf } from '../support/statistics';
import { classChanges, correlation, fineLessLone } from '../tiny-imagenet/classes';
import type { TinyRun } from '../tiny-imagenet/results';

/** All results that claims are judged by. */
export interface Results {
  cifar: CifarDifferences;
  reliance: readonly RelianceRun[];
  tiny: readonly TinyRun[];
}

/** A difference that the paper expects above 0 (sign 1) or below (sign -1). */
interface Comparison {
  title: string;
  sign: 1 | -1;
  difference(results: Results): Pick<Difference, 'count' | 'mean' | 'halfInterval'>;
}

/** What the paper says, its figures from its README's table where it has them. */
export interface Claim {
  text: string;
  paper: string;
  comparisons: Comparison[];
}

const none = { count: 0, mean: Number.NaN, halfInterval: Number.NaN };

const onCifar = (sign: 1 | -1, measure: Measure, to: string, from: string): Comparison => ({
  title: `CIFAR-10, ${measure.title}`,
  sign,
  difference: ({ cifar }) => cifar.differences[differenceKey(to, from, measure)] ?? none,
});

const onEmoji = (sign: 1 | -1, measure: RelianceMeasure, to: string, from: string): Comparison => ({
  title: `emoji, ${measure.title}`,
  sign,
  difference: ({ reliance }) => differenceOf(pairsOf(reliance, from, to), measure),
});

const onTiny = (setting: 'images' | 'corrupted', to: string): Comparison => ({
  title: `Tiny-ImageNet, ${setting}`,
  sign: 1,
  difference: ({ tiny }) => differenceOf(pairsOf(tiny, 'moco', to), { of: ({ accuracy }) => 100 * accuracy[setting] }),
});

/** Over the classes; the count is that of the pairs of runs. */
const overClasses = (
  title: string,
  to: string,
  of: (changes: ReturnType<typeof classChanges>) => Spread,
): Comparison => ({
  title: `Tiny-ImageNet, ${title}`,
  sign: -1,
  difference({ tiny }) {
    const count = pairsOf(tiny, 'moco', to).length;
    return count === 0 ? none : { count, ...of(classChanges(tiny, to)) };
  },
});
type Spread = Pick<Difference, 'mean' | 'halfInterval'>;

/** In hundredths; of the two sides of the interval, the longer. */
function textureCorrelation(changes: ReturnType<typeof classChanges>): Spread {
  const { value, low, high } = correlation(
    changes.map(({ textures }) => textures),
    changes.map(({ change }) => change),
  );
  return { mean: 100 * value, halfInterval: 100 * Math.max(value - low, high - value) };
}

function fineChange(changes: ReturnType<typeof classChanges>): Spread {
  const { value, halfInterval } = fineLessLone(changes);
  return { mean: value, halfInterval };
}

/** Within each run of an arm: how much nearer the query is to its negatives than to the queue, in hundredths. */
const hardness = (arm: string): Comparison => ({
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
];

export const claims: readonly Claim[] = [
  {
    text: 'Patch negatives at alpha 2 gain in domain',
    paper: '+1.5 (ImageNet-100)',
    comparisons: [onCifar(1, measures.linear, 'patch-2', 'moco')],
  },
  {
    text: 'The same on emoji',
    paper: '+1.5 (ImageNet-100)',
    comparisons: [onEmoji(1, emoji.view, 'patch-2', 'plain'), onEmoji(1, emoji.group, 'patch-2', 'plain')],
  },
  {
    text: 'They gain under corruption',
    paper: '+2.1',
    comparisons: [onCifar(1, measures.corrupted, 'patch-2', 'moco')],
  },
  {
    text: 'Both with a residual encoder and 100 classes',
    paper: '+1.5 (ImageNet-100), +2.1 (Corruption)',
    comparisons: [onTiny('images', 'patch-2'), onTiny('corrupted', 'patch-2')],
  },
  {
    text: 'They make features rely on shape instead of texture',
    paper: 'shown by +1.2 (Stylized)',
    comparisons: [
      onEmoji(1, emoji.shape, 'patch-2', 'plain'),
      onEmoji(1, emoji.silhouettes, 'patch-2', 'plain'),
      onEmoji(-1, emoji.textures, 'patch-2', 'plain'),
      onEmoji(-1, emoji.patches, 'patch-2', 'plain'),
    ],
  },
  {
    text: 'They gain where only shape is left',
    paper: '+3.5 (Sketch), +1.2 (Stylized)',
    comparisons: [
      onCifar(1, measures.edges, 'patch-2', 'moco'),
      onCifar(1, measures.silhouettes, 'patch-2', 'moco'),
      onCifar(1, measures.conflict, 'patch-2', 'moco'),
      onEmoji(1, emoji.lineArt, 'patch-2', 'plain'),
    ],
  },
  {
    text: 'Texture negatives make features rely on shape instead of texture',
    paper: 'less than patches do',
    comparisons: [onEmoji(1, emoji.shape, 'texture-2', 'plain'), onEmoji(-1, emoji.textures, 'texture-2', 'plain')],
  },
  {
    text: 'Texture negatives gain a little under corruption',
    paper: '+0.5',
    comparisons: [onCifar(1, measures.corrupted, 'texture-2', 'moco')],
  },
  {
    text: 'Patch negatives beat texture negatives',
    paper: '+1.6 (ImageNet-100), +1.6 (Corruption)',
    comparisons: [
      onCifar(1, measures.linear, 'patch-2', 'texture-2'),
      onCifar(1, measures.corrupted, 'patch-2', 'texture-2'),
    ],
  },
  {
    text: 'Alpha 3 costs accuracy in domain',
    paper: '-3.8 against alpha 2',
    comparisons: [onCifar(-1, measures.linear, 'patch-3', 'patch-2')],
  },
  {
    text: 'Alpha 3 raises the reliance on shape',
    paper: '+2.3 (Sketch) against alpha 2',
    comparisons: [
      onCifar(1, measures.edges, 'patch-3', 'patch-2'),
      onCifar(1, measures.silhouettes, 'patch-3', 'patch-2'),
      onCifar(1, measures.conflict, 'patch-3', 'patch-2'),
      onCifar(1, measures.shapeBias, 'patch-3', 'patch-2'),
      onEmoji(1, emoji.shape, 'patch-3', 'patch-2'),
    ],
  },
  {
    text: 'Non-semantic negatives are harder than ordinary ones',
    paper: 'their similarity to the query is higher (figure)',
    comparisons: [hardness('patch-2')],
  },
  {
    text: 'Texture is indispensable for some, finer, classes: patches gain less there',
    paper: 'shown by class (figure)',
    comparisons: [
      overClasses('correlation of accuracy from textures with the change, · 100', 'patch-2', textureCorrelation),
      overClasses('change of fine classes less that of lone ones', 'patch-2', fineChange),
    ],
  },
  {
    text: 'The negatives also serve BYOL: less reliance on texture',
    paper: 'gains on Sketch and Stylized',
    comparisons: [onEmoji(1, emoji.shape, 'byol-patch', 'byol'), onEmoji(-1, emoji.textures, 'byol-patch', 'byol')],
  },
];
