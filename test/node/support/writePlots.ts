// Draws the plots of examples/support/report on made-up results into a folder: node --import tsx writePlots.ts DIR
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { type CorruptionReport, shapeBias } from 'tfjs-nonsemantic-negatives/evaluation';
import { reliabilityPlot, shapeBiasPlot } from '../../../examples/support/report/robustness';

const random = randomStream('plots');
const classes = ['airplane', 'cat & dog', 'ship'];

function report(strength: number): CorruptionReport {
  const rows = (['fog', 'contrast'] as const).map((kind, i) => {
    const severities = [1, 2, 3, 4, 5].map((severity) => [severity, 0.7 - (0.09 + 0.02 * i) * severity * strength]);
    return { kind, ...Object.fromEntries(severities), mean: 0.4 };
  });
  return { clean: 0.7, rows, mean: 0.4 };
}

const decisions = (share: number) =>
  Array.from({ length: 120 }, (_, i) => {
    const [shape, texture] = [classes[i % 3], classes[(i + 1) % 3]];
    return { shape, texture, predicted: random() < share ? shape : texture };
  });

const [, , dir] = process.argv;
const plots = {
  reliability: reliabilityPlot({ 'MoCo v2': report(1), '+ patches': report(0.7) }),
  'shape-bias': shapeBiasPlot({ 'MoCo v2': shapeBias(decisions(0.2)), '+ patches': shapeBias(decisions(0.5)) }),
};
for (const [name, svg] of Object.entries(plots)) writeFileSync(join(dir, `${name}.svg`), svg);
