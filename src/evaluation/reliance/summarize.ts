import { bootstrapMean, type Estimate, figureOf, pairedDifference } from './bootstrap';
import type { CueImages } from './cues';
import {
  type EncoderReliance,
  type Observations,
  type RelianceFigures,
  type RelianceResult,
  type SearchedVersion,
  searchedVersions,
} from './figures';

/** How observations are summed up. */
interface SummaryArgs {
  k: readonly number[];
  confidence: number;
  resamples: readonly Uint16Array[];
  classNames: readonly string[];
}

/** Sums up what encoders did: shares, intervals over the concepts, by class, and against the first encoder. */
export function summarize(
  cues: CueImages,
  observations: { [name: string]: Observations },
  args: SummaryArgs,
): RelianceResult {
  const everyone = cues.indices.map((_, i) => i);
  const names = Object.keys(observations);
  const estimates = names.map((name) => estimate(cues, observations[name], everyone, args));
  const encoders = names.map((name, i): [string, EncoderReliance] => [
    name,
    {
      ...figuresOf(estimates[i], args),
      classes: byClass(cues, observations[name], args),
      decisions: observations[name].decisions,
    },
  ]);
  const differences = names.slice(1).map((name, i): [string, RelianceFigures] => {
    const [first, own] = [estimates[0], estimates[i + 1]];
    const less = own.map((one, j) => ({
      ...one,
      chance: 0,
      estimate: pairedDifference(first[j].estimate, one.estimate),
    }));
    return [name, figuresOf(less, args)];
  });
  return {
    concepts: everyone.length,
    conflicts: cues.pairs.length,
    skipped: cues.skipped,
    encoders: Object.fromEntries(encoders),
    differences: Object.fromEntries(differences),
    rows: estimates[0].map(({ title, chance }, i) => ({
      measure: title,
      ...Object.fromEntries(names.map((name, j) => [name, estimates[j][i].estimate.value])),
      chance,
    })),
  };
}

interface Measured {
  title: string;
  /** The version and k of a recall; the shape share has neither. */
  search?: { version: SearchedVersion; k: number };
  chance: number;
  estimate: Estimate;
}

/** Estimates the shares of one encoder over some concepts; a cue conflict belongs to the concept of its shape. */
function estimate(
  { indices, pairs }: CueImages,
  { ranks, decisions }: Observations,
  members: readonly number[],
  { k: places, resamples }: SummaryArgs,
): Measured[] {
  const measured: Measured[] = [];
  if (decisions) {
    const isMember = new Set(members);
    const own = pairs.flatMap(([shape], i) => (isMember.has(shape) ? [i] : []));
    const ends = [0, 1].map((end) => own.map((i) => pairs[i][end]));
    const values = own.map((i) => decisions[i]);
    measured.push({ title: 'shape share', chance: 0.5, estimate: bootstrapMean(values, ends, resamples) });
  }
  for (const version of searchedVersions) {
    const found = ranks[version];
    if (!found) continue;
    for (const k of places) {
      const values = members.map((i) => (found[i] <= k ? 1 : 0));
      measured.push({
        title: `recall@${k} from ${version}`,
        search: { version, k },
        chance: Math.min(1, k / indices.length),
        estimate: bootstrapMean(values, [members], resamples),
      });
    }
  }
  return measured;
}

function byClass(cues: CueImages, own: Observations, args: SummaryArgs): EncoderReliance['classes'] {
  const labels = cues.labels ?? [];
  return [...new Set(labels)]
    .sort((a, b) => a - b)
    .map((label) => {
      const members = labels.flatMap((other, i) => (other === label ? [i] : []));
      const name = args.classNames[label] ?? String(label);
      return { name, concepts: members.length, ...figuresOf(estimate(cues, own, members, args), args) };
    });
}

function figuresOf(measured: readonly Measured[], { confidence }: SummaryArgs): RelianceFigures {
  const figures: RelianceFigures = { recall: {} };
  for (const { search, chance, estimate } of measured) {
    const figure = figureOf(estimate, confidence, chance);
    if (search) figures.recall[search.version] = { ...figures.recall[search.version], [search.k]: figure };
    else figures.shapeShare = figure;
  }
  return figures;
}
