import * as Plot from '@observablehq/plot';
import { type Html, html } from '../../support/report/html';
import type { RunRecord } from '../record';
import { type Column, columnsOf, families, featuresOf } from './columns';
import { percent } from './format';
import { colors, draw, panel } from './plot';

/**
 * Draws the measures as bars: a panel for each family, with a group for each column and a bar for each set of features.
 */
export function measureBars(record: RunRecord): Html | undefined {
  const columns = columnsOf(record);
  if (columns.length === 0) return undefined;
  const features = featuresOf(record);
  const max = Math.max(...columns.flatMap(({ values }) => values.filter(Number.isFinite)));
  const panels = families
    .map((family) => columns.filter((column) => column.family === family))
    .filter((group) => group.length > 0)
    .map((group) => panel(group[0].family, [], bars(group, features, record.trainings.length, max)));
  return html`<figure class="multiples">
${panels}
<figcaption>The measures of the table below as bars, in percent, all on one scale.</figcaption>
</figure>`;
}

function bars(columns: Column[], features: string[], trained: number, max: number): Html {
  const data = columns.flatMap(({ name, values }) =>
    features.map((feature, i) => ({ name, feature, value: values[i] })).filter(({ value }) => Number.isFinite(value)),
  );
  const label = data.map(({ name, feature, value }) => `${name}, ${feature}: ${percent(value)}%.`).join(' ');
  const colorOf = ({ feature }: { feature: string }) => {
    const place = features.indexOf(feature);
    return place < trained ? colors[place % colors.length] : 'var(--baseline)';
  };
  return draw(`${columns[0].family}. ${label}`, {
    width: 340,
    height: columns.length * ((features.length + 1) * 19 + 12),
    marginLeft: 132,
    marginRight: 40,
    marginTop: 0,
    marginBottom: 0,
    x: { axis: null, domain: [0, max || 1] },
    // The empty place at the top of each group is for its name.
    y: { axis: null, domain: ['', ...features], padding: 0.25 },
    fy: { axis: null, domain: columns.map(({ name }) => name), padding: 0.1 },
    marks: [
      Plot.barX(data, { x: 'value', y: 'feature', fy: 'name', fill: colorOf, rx: 1.5 }),
      Plot.text(data, { x: 0, y: 'feature', fy: 'name', text: 'feature', textAnchor: 'end', dx: -8, fillOpacity: 0.8 }),
      Plot.text(data, {
        x: 'value',
        y: 'feature',
        fy: 'name',
        text: ({ value }) => percent(value),
        textAnchor: 'start',
        dx: 5,
        fontVariant: 'tabular-nums',
      }),
      Plot.text(columns, {
        x: 0,
        y: () => '',
        fy: 'name',
        text: 'name',
        textAnchor: 'start',
        fontWeight: 600,
      }),
    ],
  });
}
