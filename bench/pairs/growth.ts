import { medians } from '../support/compare';
import type { Context, Section } from '../support/section';
import { exponent } from '../support/statistics';
import { number, table } from '../support/table';
import type { StepOptions } from '../support/trainingStep';
import { growthChart, type Point } from './growthChart';

const base = {
  encoder: 'conv',
  size: 32,
  batch: 64,
  queue: 4096,
  negatives: 1,
  accelerated: true,
} satisfies StepOptions;
type Setting = 'batch' | 'queue' | 'negatives' | 'size';

/** Varies one setting and keeps the others as in `base`; time and bytes should grow at most in proportion to `work`. */
const axes: { setting: Setting; values: number[]; quick: number[]; work: (value: number) => number; of: string }[] = [
  { setting: 'batch', values: [16, 32, 64, 128, 256], quick: [16, 64, 256], work: (n) => n, of: 'images' },
  { setting: 'queue', values: [1024, 4096, 16384, 65536], quick: [1024, 8192, 65536], work: (k) => k, of: 'rows' },
  { setting: 'negatives', values: [0, 1, 2, 3, 4], quick: [0, 2, 4], work: (m) => 2 + m, of: 'forward passes' },
  { setting: 'size', values: [32, 64, 128, 224], quick: [32, 96, 224], work: (side) => side ** 2, of: 'pixels' },
];

/** Measures how the time and the memory of a step grow. */
export async function growth({ machine, quick, rounds, save }: Context): Promise<Section> {
  const curves: { setting: Setting; points: Point[] }[] = [];
  const parts: string[] = [];
  for (const { setting, values, quick: few, work, of } of axes) {
    const points: Point[] = [];
    for (const value of quick ? few : values) {
      const steps = setting === 'size' && value > 64 ? 1 : 3;
      const options = { ...base, [setting]: value, backend: 'tfjs-node', steps };
      const contestant = { name: `${setting} ${value}`, worker: 'growth.ts', options };
      const { ms, queueMs, peakMB } = await medians(contestant, machine, Math.min(rounds, 3));
      points.push({ value, work: work(value), ms, queueMs, peakMB });
    }
    curves.push({ setting, points });
    save(`growth-${setting}.svg`, growthChart(setting, points));
    const power = (key: 'ms' | 'peakMB') => exponent(points.map((point) => [point.work, point[key]]));
    const rows = points.map(({ value, ms, queueMs, peakMB }) => [
      `${value}`,
      number(ms),
      `${Math.round((100 * queueMs) / ms)} %`,
      number(peakMB),
    ]);
    const [time, bytes] = [power('ms'), power('peakMB')];
    const verdict = Math.max(time, bytes) <= 1.05 ? 'no worse than linear' : 'WORSE than linear';
    parts.push(
      table([setting, 'step, ms', 'queue and loss', 'peak, MB'], rows),
      `Time grows as ${of}^${time.toFixed(2)}, bytes as ${of}^${bytes.toFixed(2)}: ${verdict}.\n`,
      `![Growth with ${setting}](growth-${setting}.svg)\n`,
    );
  }
  const title = 'Growth of a training step: conv blocks, 32 px, batch 64, K 4096, M 1, one setting varied';
  return { title, markdown: parts.join('\n'), data: curves };
}
