import * as Plot from '@observablehq/plot';
import { type Html, html } from '../../support/report/html';
import type { RunRecord, Training } from '../record';
import { number, words } from './format';
import { colors, dashes, draw, panel, type Series } from './plot';

/** A line of a chart: one figure of one training over its steps. */
interface Line extends Series {
  points: { step: number; value: number }[];
}

const similarities = {
  keySimilarity: 'to its key',
  queueSimilarity: 'to the queue',
  negativeSimilarity: 'to its patches',
};

/** Draws the course of training: loss, accuracy and learning rate, and the query's similarities in each training. */
export function trainingCharts({ trainings }: RunRecord): Html | undefined {
  const across = (metric: string) => trainings.map((training, i) => line(training, metric, training.name, i));
  const within = (training: Training) =>
    Object.entries(similarities).map(([metric, name], i) => line(training, metric, name, i));
  const panels = [
    curves('Loss', across('loss')),
    curves('Contrastive accuracy', across('contrastiveAccuracy'), { zero: true }),
    curves('Learning rate', across('learningRate').slice(0, 1), { zero: true }, false),
    ...trainings.map((training) => {
      const title = trainings.length > 1 ? `Similarity of the query, ${training.name}` : 'Similarity of the query';
      return curves(title, within(training), { domain: [minOf(trainings), 1] });
    }),
  ].filter((drawn) => drawn !== undefined);
  if (panels.length === 0) return undefined;
  return html`<figure class="multiples curves">
${panels}
<figcaption>Thin lines are single batches, thick ones their running mean. Contrastive accuracy is the share of queries
that are closer to their key than to anything else. Similarities are means of cosines: the key’s is to lie well above the
others. ${trainings.length > 1 && 'Patches add terms to the loss, so losses with and without them do not compare.'}</figcaption>
</figure>`;
}

function line({ history }: Training, metric: string, name: string, i: number): Line {
  const points = history.map((record) => ({ step: record.step, value: record[metric] }));
  return {
    name,
    color: colors[i % colors.length],
    dash: dashes[i % dashes.length],
    points: points.filter(({ value }) => Number.isFinite(value)),
  };
}

/** One panel of lines over the steps; nothing where there are no points. */
function curves(title: string, lines: Line[], y: Plot.ScaleOptions = {}, noisy = true): Html | undefined {
  const drawn = lines.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return undefined;
  const label = `${title} over the steps. ${drawn.map(inWords).join(' ')}`;
  const chart = draw(label, {
    width: 340,
    height: 210,
    marginLeft: 40,
    marginRight: 18,
    marginTop: 12,
    marginBottom: 34,
    x: { label: 'step', ticks: 4, labelArrow: 'none' },
    y: { nice: true, ticks: 5, label: null, ...y },
    marks: [
      Plot.gridY({ ticks: 5 }),
      Plot.axisX({ ticks: 4, tickSize: 0, label: 'step', labelArrow: 'none', labelAnchor: 'right' }),
      Plot.axisY({ ticks: 5, tickSize: 0, label: null }),
      ...drawn.flatMap(({ points, color, dash }) => {
        const channels = { x: 'step', y: 'value', stroke: color };
        const smooth = Plot.windowY({ k: windowOf(points.length), anchor: 'middle' }, channels);
        return noisy
          ? [
              Plot.lineY(points, { ...channels, strokeWidth: 1, strokeOpacity: 0.25 }),
              Plot.lineY(points, { ...smooth, strokeWidth: 2, strokeDasharray: dash }),
            ]
          : [Plot.lineY(points, { ...channels, strokeWidth: 2 })];
      }),
    ],
  });
  return panel(title, drawn, chart);
}

/** The running mean spans a twelfth of the training. */
const windowOf = (length: number) => Math.max(1, Math.round(length / 12));

const inWords = ({ name, points }: Line) =>
  `${words(name)}: from ${number(points[0].value)} to ${number(points[points.length - 1].value)}.`;

/** Where the similarities' common axis begins: at 0, or below where one is negative. */
function minOf(trainings: Training[]): number {
  const values = trainings.flatMap(({ history }) =>
    history.flatMap((record) => Object.keys(similarities).map((metric) => record[metric])),
  );
  return Math.min(0, ...values.filter(Number.isFinite));
}
