import type { Evaluation } from './evaluation';
import { dotPlot, escapeHtml, linePlot, type Point } from './plots';
import { digits, type Evaluations, type Table, tablesOf } from './tables';

/** The report as one page that asks nothing of the network or of JavaScript. */
export function page(evaluations: Evaluations, subtitle: string): string {
  const figures = plotsOf(evaluations).map((svg) => `<figure>${svg}</figure>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation</title>
<style>
body { max-width: 760px; margin: 0 auto; padding: 2rem 1rem; font: 16px/1.5 Helvetica, Arial, sans-serif; color: #222; }
figure { margin: 2rem 0; }
svg { max-width: 100%; height: auto; }
table { width: 100%; margin: 2rem 0; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding: .5rem 0; text-align: left; font-weight: 600; }
th { text-align: left; font-weight: normal; }
th, td { padding: .2rem .5rem; border-bottom: 1px solid #ddd; }
thead th:not(:first-child), td { text-align: right; }
</style>
</head>
<body>
<h1>Evaluation</h1>
<p>${escapeHtml(subtitle)}</p>
${figures.join('\n')}
${tablesOf(evaluations).map(tableOf).join('\n')}
</body>
</html>
`;
}

/** Accuracy by domain and by severity, shape bias and reliance on texture by class. */
export function plotsOf(evaluations: Evaluations): string[] {
  const [first] = Object.values(evaluations);
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
    dotPlot(
      points(({ shapeBias }) => {
        const { perClass, shapeBias: all } = shapeBias[domain].linear;
        const classes = Object.entries(perClass).map(([name, counts]) => [name, counts.shapeBias] as const);
        return Object.fromEntries([['all', all], ...classes]);
      }),
      { title: `Shape bias on ${domain}, by class of the shape`, label: 'decisions for shape, % of those for either' },
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
    linePlot(points(bySeverity), {
      title: 'Accuracy by severity of the corruption',
      label: 'accuracy, %',
      steps: 'severity (0: none)',
    }),
    dotPlot(kinds, { title: 'Accuracy by kind of corruption', label: 'accuracy, mean of the severities, %' }),
    ...biases,
    ...reliance,
  ];
}

/** Mean accuracy over the kinds at each severity, 0 being the images as they are. */
export function bySeverity({ corruption: { clean, rows } }: Evaluation): { [severity: string]: number } {
  const severities = [1, 2, 3, 4, 5].map((severity) => {
    const accuracies = rows.map((row) => row[severity]);
    return [severity, accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / rows.length];
  });
  return Object.fromEntries([[0, clean], ...severities]);
}

function tableOf({ title, rows }: Table): string {
  const columns = Object.keys(rows[0].values);
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const body = rows.map(
    ({ name, values }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th>${columns.map((c) => `<td>${digits(values[c])}</td>`).join('')}</tr>`,
  );
  return `<table><caption>${escapeHtml(title)}</caption><thead><tr><td></td>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}
