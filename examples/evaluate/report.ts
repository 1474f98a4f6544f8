import { Html, html } from '../support/report/html';
import { page } from '../support/report/page';
import { dotPlot, type Point } from '../support/report/plots';
import { type ByEncoder, reliabilityPlot, shapeBiasPlot } from '../support/report/robustness';
import type { Evaluation } from './evaluation';
import { digits, type Evaluations, type Table, tablesOf } from './tables';

/** The report as one page that needs neither the network nor JavaScript. */
export function evaluationPage(evaluations: Evaluations, subtitle: string): string {
  const body = html`<header>
<h1>Evaluation</h1>
<p class="lede">${subtitle}</p>
</header>
${plotsOf(evaluations).map((svg) => html`<figure>${new Html(svg)}</figure>`)}
${tablesOf(evaluations).map(tableOf)}`;
  return page({ title: 'Evaluation', styles: [new URL('report.css', import.meta.url)], body });
}

/** Accuracy by domain and by severity, shape bias and reliance on texture by class. */
export function plotsOf(evaluations: Evaluations): string[] {
  const [first] = Object.values(evaluations);
  const results = <Result>(of: (evaluation: Evaluation) => Result): ByEncoder<Result> =>
    Object.fromEntries(Object.entries(evaluations).map(([name, evaluation]) => [name, of(evaluation)]));
  const points = (of: (evaluation: Evaluation) => { [name: string]: number }): Point[] =>
    Object.entries(evaluations).flatMap(([series, evaluation]) =>
      Object.entries(of(evaluation)).map(([name, value]) => ({ series, name, value: 100 * value })),
    );
  const linear = points(({ domains }) =>
    Object.fromEntries(Object.entries(domains).map(([domain, scores]) => [domain, scores.linear])),
  );
  const kinds = points(({ corruption }) =>
    Object.fromEntries(corruption.rows.map(({ kind, mean }) => [kind.replaceAll('_', ' '), mean])),
  );
  const biases = Object.keys(first.shapeBias).map((domain) =>
    shapeBiasPlot(
      results(({ shapeBias }) => shapeBias[domain].linear),
      `Shape bias on ${domain}, by class of the shape`,
    ),
  );
  const reliance = Object.keys(first.textureReliance.overall).map((version) =>
    dotPlot(
      points(({ textureReliance: { classes } }) =>
        Object.fromEntries(classes.map(({ name, accuracy }) => [name, accuracy[version].linear])),
      ),
      { title: `Accuracy by class, on ${version}`, label: 'accuracy, %' },
    ),
  );
  return [
    dotPlot(linear, { title: 'Accuracy by domain', label: 'accuracy of the linear classifier, %' }),
    reliabilityPlot(
      results(({ corruption }) => corruption),
      'Accuracy by severity of the corruption',
    ),
    dotPlot(kinds, { title: 'Accuracy by kind of corruption', label: 'accuracy, mean of the severities, %' }),
    ...biases,
    ...reliance,
  ];
}

function tableOf({ title, rows }: Table): Html {
  const columns = Object.keys(rows[0].values);
  return html`<table>
<caption>${title}</caption>
<thead><tr><td></td>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ name, values }) =>
    html`<tr><th scope="row">${name}</th>${columns.map((column) => html`<td>${digits(values[column])}</td>`)}</tr>`,
)}
</tbody>
</table>`;
}
