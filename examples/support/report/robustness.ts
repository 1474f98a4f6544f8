import type { CorruptionReport, ShapeBiasResult } from 'tfjs-nonsemantic-negatives/evaluation';
import { dotPlot, linePlot, type Point } from './plots';

/** Results of several encoders, by their names. */
export interface ByEncoder<Result> {
  [encoder: string]: Result;
}

/** Accuracy by severity of the corruption, mean over its kinds; 0 stands for the images as they are. */
export function reliabilityPlot(reports: ByEncoder<CorruptionReport>, title = 'Accuracy by severity'): string {
  const points = Object.entries(reports).flatMap(([series, report]) =>
    Object.entries(bySeverity(report)).map(([name, share]): Point => ({ series, name, value: 100 * share })),
  );
  return linePlot(points, { title, label: 'accuracy, %', steps: 'severity of the corruption (0: none)' });
}

/** Mean accuracy over the kinds at each severity, 0 being the images as they are. */
export function bySeverity({ clean, rows }: CorruptionReport): { [severity: string]: number } {
  const severities = [1, 2, 3, 4, 5].filter((severity) => rows.every((row) => severity in row));
  const mean = (severity: number) => rows.reduce((sum, row) => sum + row[severity], 0) / rows.length;
  return Object.fromEntries([[0, clean], ...severities.map((severity) => [severity, mean(severity)])]);
}

/** Shape bias on cue-conflict images: over all of them, and by class of the shape. */
export function shapeBiasPlot(results: ByEncoder<ShapeBiasResult>, title = 'Shape bias by class'): string {
  const points = Object.entries(results).flatMap(([series, { shapeBias, perClass }]) =>
    [['all', shapeBias] as const, ...Object.entries(perClass).map(([name, own]) => [name, own.shapeBias] as const)].map(
      ([name, share]): Point => ({ series, name, value: 100 * share }),
    ),
  );
  return dotPlot(points, { title, label: 'decisions for shape, % of those for shape or texture' });
}
