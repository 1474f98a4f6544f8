import { dotPlot, linePlot, type Point } from '../../support/report/plots';
import { bySeverity } from '../../support/report/robustness';
import { summarize } from '../support/statistics';
import { arms } from './config';
import { compare } from './differences';
import { type Measure, measures } from './measures';
import type { Runs } from './results';
import type { Run } from './run';

/** The figures of docs/reproduction.md, by file name. */
export function figuresOf(runs: Runs): { [name: string]: string } {
  const of = (read: (run: Run) => { [name: string]: number }): Point[] =>
    Object.entries(runs).flatMap(([arm, bySeed]) => {
      const read1 = Object.values(bySeed).map(read);
      return Object.keys(read1[0]).map((name) => ({
        series: arms[arm].title,
        name,
        ...spread(read1.map((figures) => figures[name])),
      }));
    });
  const figures = (columns: readonly Measure[]) => (run: Run) =>
    Object.fromEntries(columns.map((measure) => [measure.title, measure.of(run)]));

  const { knn, linear, corrupted, edges, silhouettes, conflict, textures, patches } = measures;
  const domains = [knn, linear, corrupted, edges, silhouettes, conflict, textures, patches];
  const differences = Object.keys(runs)
    .filter((arm) => arm !== 'moco')
    .flatMap((arm) =>
      Object.values(measures).map((measure) => {
        const { mean, halfInterval } = compare(runs, 'moco', arm, measure);
        return { series: arms[arm].title, name: measure.title, value: mean, spread: orNone(halfInterval) };
      }),
    );
  const shares = (run: Run) =>
    Object.fromEntries(
      Object.entries(bySeverity(run.evaluation.corruption)).map(([severity, share]) => [severity, 100 * share]),
    );
  const kinds = ({ evaluation }: Run) =>
    Object.fromEntries(evaluation.corruption.rows.map(({ kind, mean }) => [kind.replaceAll('_', ' '), 100 * mean]));
  const biases = ({ evaluation }: Run) => {
    const { perClass, shapeBias } = evaluation.shapeBias['cue-conflict'].linear;
    const classes = Object.entries(perClass).map(([name, counts]) => [name, 100 * counts.shapeBias]);
    return Object.fromEntries([['all', 100 * shapeBias], ...classes]);
  };
  const order = Object.values(arms).map(({ title }) => title);
  return {
    accuracy: dotPlot(of(figures(domains)), {
      title: 'Accuracy, mean and standard deviation over seeds',
      order,
      label: 'accuracy, %',
    }),
    differences: dotPlot(differences, {
      title: 'Difference to MoCo v2 with the same seed, 95 % interval',
      order,
      label: 'percentage points',
    }),
    severity: linePlot(of(shares), {
      title: 'Accuracy under corruption, mean of fifteen kinds',
      order,
      label: 'accuracy, %',
      steps: 'severity (0: none)',
    }),
    corruption: dotPlot(of(kinds), {
      title: 'Accuracy by kind of corruption',
      order,
      label: 'mean of the severities, %',
    }),
    'shape-bias': dotPlot(of(biases), {
      title: 'Shape bias on cue conflicts, by class of the shape',
      order,
      label: 'decisions for shape, % of those for either',
    }),
    similarity: linePlot(similarityCurves(runs), {
      title: 'Similarity of the query to its patches or texture (seed 1)',
      order,
      label: 'cosine',
      steps: 'step',
    }),
    queue: linePlot(similarityCurves(runs, 'queueSimilarity'), {
      title: 'Similarity of the query to the queue (seed 1)',
      order,
      label: 'cosine',
      steps: 'step',
    }),
  };
}

function similarityCurves(runs: Runs, metric = 'negativeSimilarity'): Point[] {
  return Object.entries(runs).flatMap(([arm, bySeed]) =>
    (bySeed[1]?.history ?? [])
      .filter((record) => Number.isFinite(record[metric]))
      .map((record) => ({ series: arms[arm].title, name: String(record.step), value: record[metric] })),
  );
}

function spread(values: readonly number[]): { value: number; spread?: number } {
  const { mean, standardDeviation } = summarize(values);
  return { value: mean, spread: orNone(standardDeviation) };
}

const orNone = (value: number) => (Number.isFinite(value) ? value : undefined);
