import * as Plot from '@observablehq/plot';
import type { SimilaritySummary } from 'tfjs-nonsemantic-negatives';
import { draw, seriesOf } from './plots';

export interface SimilarityPlotOptions {
  /** @default 'Similarity of the query' */
  title?: string;
  /** What the kinds are called, such as `{ negative_0: 'patches' }`. @default their own names */
  names?: { [kind: string]: string };
}

/** How similar queries are to their keys, to the queue and to each kind of negative: one outline a kind, of equal area. */
export function similarityPlot(
  { rows, histograms }: SimilaritySummary,
  { title = 'Similarity of the query', names = {} }: SimilarityPlotOptions = {},
): string {
  const bars = rows.flatMap(({ kind, mean }) => {
    const shares = histograms[kind] ?? [];
    const steps = [...shares, ...shares.slice(-1)]; // the last step ends at 1
    const series = names[kind] ?? kind.replace('_', ' ');
    return steps.map((share, i) => ({ series, mean, share: 100 * share, cosine: -1 + (2 * i) / shares.length }));
  });
  const series = seriesOf(bars.map(({ series }) => ({ series, name: '', value: 0 })));
  const [first, last] = range(bars.filter(({ share }) => share > 0).map(({ cosine }) => cosine));
  const width = 2 / (histograms.key?.length ?? 1);
  return draw(title, series, {
    height: 300,
    marginLeft: 50,
    x: {
      label: 'cosine (a line: the mean)',
      labelAnchor: 'center',
      labelArrow: 'none',
      domain: [Math.max(-1, first - width), Math.min(1, last + 2 * width)],
    },
    y: { label: 'share of the pairs, %', labelAnchor: 'center', labelArrow: 'none', grid: true, nice: true },
    marks: [
      ...series.flatMap(({ name, color }) => {
        const own = bars.filter((bar) => bar.series === name);
        const place = { x: 'cosine', y: 'share', curve: 'step-after' as const };
        return [
          Plot.areaY(own, { ...place, fill: color, fillOpacity: 0.15, clip: true }),
          Plot.lineY(own, { ...place, stroke: color, strokeWidth: 1.5, clip: true }),
          Plot.ruleX(own.slice(0, 1), { x: 'mean', stroke: color, strokeWidth: 1.5, strokeDasharray: '5 3' }),
        ];
      }),
      Plot.ruleY([0]),
    ],
  });
}

const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];
