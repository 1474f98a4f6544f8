import { type Html, html } from '../../support/report/html';
import type { RunRecord } from '../record';
import { type Column, columnsOf, type Family, families, featuresOf } from './columns';
import { percent } from './format';

const meanings: { [family in Family]: string } = {
  'Recall from one view':
    'how often one augmented view of an unseen picture finds that picture first (@1), or among the first ten (@10), of all held-out pictures. Chance is a random order.',
  'Group by nearest neighbors':
    'how often the group of an unseen picture follows from its k = 20 nearest training pictures (weights exp(cosine / T), T = 0.1); the bank is always the training pictures of the training rendering, whatever the rendering of the query. Chance names the commonest group each time.',
  'Recall across renderings':
    'how often a held-out picture in another rendering, which the encoder never saw, finds the training rendering of the same concept first (@1), or among the first ten (@10).',
};

/** The measures in figures: a row for each set of features, the best of each column marked, and an explanation. */
export function measureTable(record: RunRecord): Html | undefined {
  const columns = columnsOf(record);
  if (columns.length === 0) return undefined;
  const shown = families.filter((family) => columns.some((column) => column.family === family));
  const spanOf = (family: Family) => columns.filter((column) => column.family === family).length;
  return html`<div class="scroll" role="region" aria-label="Table of measures" tabindex="0">
<table class="measures" aria-label="Measures in percent">
<thead>
<tr><td></td>${shown.map((family) => html`<th scope="colgroup" colspan="${spanOf(family)}">${family}</th>`)}</tr>
<tr><th scope="col">Features</th>${columns.map((column, i) => html`<th scope="col" class="${edge(columns, i)}">${column.name}</th>`)}</tr>
</thead>
<tbody>
${featuresOf(record).map((feature, row) => html`<tr><th scope="row">${feature}</th>${columns.map((column, i) => cell(column, row, edge(columns, i)))}</tr>`)}
</tbody>
</table>
</div>
<p class="note">In percent; the best of each column is bold and underlined. All of it is measured on the features of the
backbone, before the projection head, compared by cosine.</p>
<div class="multiples note">${shown.map((family) => html`<p><b>${family}</b> is ${meanings[family]}</p>`)}</div>`;
}

function cell({ values }: Column, row: number, className: string): Html {
  const text = percent(values[row]);
  // Equal as shown is equally good.
  const best = text === percent(Math.max(...values.filter(Number.isFinite)));
  return html`<td class="${className}">${best ? html`<strong>${text}</strong>` : text}</td>`;
}

/** The first column of a family stands a little apart. */
const edge = (columns: Column[], i: number) => (columns[i - 1]?.family === columns[i].family ? '' : 'first');
