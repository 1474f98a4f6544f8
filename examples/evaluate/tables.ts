import type { Evaluation } from './evaluation';

/** The evaluations of several encoders, by their names. */
export type Evaluations = { [encoder: string]: Evaluation };

/** One row of a table: its name, and a value a column. */
export interface Row {
  name: string;
  values: { [column: string]: number };
}

export interface Table {
  title: string;
  rows: Row[];
}

/** All figures as tables with one column an encoder, shares in percent. */
export function tablesOf(evaluations: Evaluations): Table[] {
  const [first] = Object.values(evaluations);
  const row = (name: string, value: (evaluation: Evaluation) => number): Row => ({
    name,
    values: Object.fromEntries(Object.entries(evaluations).map(([encoder, own]) => [encoder, value(own)])),
  });
  const percent = (name: string, share: (evaluation: Evaluation) => number) => row(name, (own) => 100 * share(own));
  const versions = Object.keys(first.textureReliance.overall);
  return [
    {
      title: 'Accuracy by domain, %',
      rows: Object.entries(first.domains).flatMap(([domain, { classes }]) => [
        percent(`${domain}, kNN (${classes.length} classes)`, (own) => own.domains[domain].knn),
        percent(`${domain}, linear`, (own) => own.domains[domain].linear),
        percent(`${domain}, linear, mean of the classes`, (own) => own.domains[domain].balanced),
        percent(`${domain}, linear, standardized by domain`, (own) => own.domains[domain].standardized),
        percent(`${domain}, chance`, (own) => own.domains[domain].chance),
      ]),
    },
    {
      title: 'Accuracy under corruption, linear, %',
      rows: [
        percent('none', (own) => own.corruption.clean),
        ...first.corruption.rows.map(({ kind }, i) =>
          percent(kind.replaceAll('_', ' '), (own) => own.corruption.rows[i].mean),
        ),
        percent('mean', (own) => own.corruption.mean),
      ],
    },
    {
      title: 'Shape bias, %',
      rows: Object.keys(first.shapeBias).flatMap((domain) => [
        percent(`${domain}, kNN`, (own) => own.shapeBias[domain].knn.shapeBias),
        percent(`${domain}, linear`, (own) => own.shapeBias[domain].linear.shapeBias),
      ]),
    },
    {
      title: 'Accuracy on images, their textures and their patches, linear, %',
      rows: versions.map((version) => percent(version, (own) => own.textureReliance.overall[version].linear)),
    },
    {
      title: 'What the features rely on: an image found among all from its version, at 10, and shape over texture, %',
      rows: [
        ...(first.reliance.shapeShare
          ? [
              percent('shape over texture', (own) => own.reliance.shapeShare!.value),
              percent('chance', (own) => own.reliance.shapeShare!.chance),
            ]
          : []),
        ...Object.keys(first.reliance.recall).map((version) =>
          percent(version, (own) => recallFrom(own, version).value),
        ),
        percent('chance', (own) => recallFrom(own, 'edges').chance),
      ],
    },
    {
      title: 'Features',
      rows: [
        row('effective rank', (own) => own.features.effectiveRank),
        row('standard deviation', (own) => own.features.embeddingStd),
        row('uniformity', (own) => own.features.uniformity),
      ],
    },
  ].filter(({ rows }) => rows.length > 0);
}

const recallFrom = ({ reliance }: Evaluation, version: string) =>
  reliance.recall[version as keyof typeof reliance.recall]![10];

/** A table for the terminal, columns aligned. */
export function printTable({ title, rows }: Table): string {
  const columns = Object.keys(rows[0].values);
  const cells = [['', ...columns], ...rows.map(({ name, values }) => [name, ...columns.map((c) => digits(values[c]))])];
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const lines = cells.map((row) => row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))));
  return [title, ...lines.map((line) => line.join('  '))].join('\n');
}

/** Three digits of a small number, one decimal of a larger one; a dash where there is none. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) < 1 && value !== 0 ? value.toPrecision(3) : value.toFixed(1);
}
