import { table } from '../support/markdown';
import { summarize } from '../support/statistics';
import { arms } from './arms';
import { measures, similarities } from './measures';
import type { RelianceRun } from './results';

/** Short trainings, which show whether an alpha collapses. */
export const isShort = (arm: string) => arm.startsWith('short-');

/** The short trainings, beside the alpha that temperature and queue allow. */
export function collapseTable(runs: readonly RelianceRun[]): string {
  const rows = Object.keys(arms)
    .filter((arm) => isShort(arm) && runs.some((run) => run.arm === arm))
    .map((arm) => {
      const own = runs.filter((run) => run.arm === arm);
      const { temperature, queueSize } = own[0].settings as { temperature: number; queueSize: number };
      const mean = (values: number[], places: number) => summarize(values).mean.toFixed(places);
      const last = own.map(({ training }) => training?.history?.at(-1)?.loss ?? Number.NaN);
      return [
        arms[arm].title,
        String(own.length),
        (1 + temperature * Math.log(queueSize)).toFixed(2),
        mean(last, 2),
        Math.log(1 + queueSize).toFixed(2),
        mean(own.map(similarities.key.of), 2),
        mean(own.map(similarities.queue.of), 2),
        mean(own.map(measures.view.of), 1),
      ];
    });
  const heads = [
    'seeds',
    '1 + τ log K',
    'loss at the end',
    'log(1 + K)',
    'to its key',
    'to the queue',
    '@10 from one view, %',
  ];
  return table(['', ...heads], rows);
}
