import type { TextureMetrics } from './metrics';
import type { Times } from './times';

export interface Report {
  pictures: string;
  images: string[];
  seeds: number;
  /** By method and image: one entry a seed. */
  metrics: { [method: string]: { [image: string]: TextureMetrics[] } };
  times?: Times;
}

const FIGURES = ['swd', 'gram', 'nn', 'run', 'copy', 'keep32', 'keep64', 'keep96'] as const;

/** Writes the figures beside Embark's and the goals, as Markdown. */
export function writeTable(report: Report): string {
  const methods = Object.keys(report.metrics);
  const means = Object.fromEntries(methods.map((method) => [method, meanMetrics(report.metrics[method])]));
  const rows = methods.map((method) => [method, ...FIGURES.map((figure) => means[method][figure].toPrecision(3))]);
  const lines = [
    `# Textures of ${report.pictures}`,
    '',
    `Means over ${report.images.length} images (${report.images.join(', ')}) and ${report.seeds} seeds.`,
    '',
    ...markdownTable(['method', ...FIGURES], rows),
    '',
  ];
  const { embark } = means;
  if (embark) lines.push(`Against Embark${reached}:`, '', ...markdownTable(...goals(report, means, embark)), '');
  if (report.times) lines.push(`Time, kernels and memory${reached}:`, '', ...markdownTable(...costs(report.times)), '');
  if (report.times?.isOlder) lines.push('The times are those of an earlier version; all else was measured again.', '');
  return lines.join('\n');
}

const reached = ', ✓ where a goal is reached';

type Table = [head: string[], rows: string[][]];

function goals(report: Report, means: { [method: string]: TextureMetrics }, embark: TextureMetrics): Table {
  const methods = Object.keys(means).filter((method) => method !== 'embark');
  const worse = (method: string) =>
    report.images.filter(
      (image) => mean(report.metrics[method][image], 'swd') > mean(report.metrics.embark[image], 'swd'),
    ).length;
  const ratio = (figure: keyof TextureMetrics, limit: (method: string) => number) => (method: string) =>
    judge(means[method][figure] / embark[figure], limit(method), 'x');
  const difference = (figure: keyof TextureMetrics, limit: number) => (method: string) =>
    judge(means[method][figure] - embark[figure], limit, '');
  const rows: [name: string, cell: (method: string) => string][] = [
    ['patch-SWD <= 0.5x', ratio('swd', () => 0.5)],
    ['images with patch-SWD above 1x, <= 1', (method) => judge(worse(method), 1, '')],
    ['Gram <= 0.7x', ratio('gram', () => 0.7)],
    ['nn <= 1.05x (fast 1.20x)', ratio('nn', (method) => (method === 'fast' ? 1.2 : 1.05))],
    ['coherence run 9–15 px', (method) => `${means[method].run.toFixed(1)} ${verdict(inside(means[method].run))}`],
    ['largest copy <= .03', (method) => judge(means[method].copy, 0.03, '')],
    ['kept at 32 px (no goal)', (method) => signed(means[method].keep32 - embark.keep32)],
    ['kept at 64 px <= +.01', difference('keep64', 0.01)],
    ['kept at 96 px <= +.02', difference('keep96', 0.02)],
  ];
  return [['goal', ...methods], rows.map(([name, cell]) => [name, ...methods.map(cell)])];
}

function costs({ backends, embark }: Times): Table {
  const rows = backends.map(({ backend, quality, secondsAnImage, kernels, peakMegabytesAnImage }) => {
    const [time, least] =
      backend === 'wasm'
        ? [embark?.oneThread, quality === 'high' ? 10 : 18]
        : [embark?.allThreads, quality === 'high' ? 80 : 160];
    const ratio = time && time / secondsAnImage;
    return [
      `${backend} ${quality}`,
      `${(1000 * secondsAnImage).toFixed(1)} ms`,
      ratio ? `${ratio.toFixed(0)}x` : '',
      ratio ? `${least}x` : '',
      ratio ? verdict(ratio >= least) : '',
      judge(kernels, quality === 'high' ? 400 : 250, ''),
      judge(peakMegabytesAnImage, 16, ' MB'),
    ];
  });
  if (embark) {
    rows.push(['Embark, one thread', `${(1000 * embark.oneThread).toFixed(0)} ms`, '1x', '', '', '', '']);
    rows.push(['Embark, all threads', `${(1000 * embark.allThreads).toFixed(0)} ms`, '1x', '', '', '', '']);
  }
  return [['', 'an image', 'faster than Embark', 'goal', 'reached', 'kernels a batch', 'peak an image'], rows];
}

const inside = (run: number) => run >= 9 && run <= 15;
const verdict = (met: boolean) => (met ? '✓' : '✗');
const signed = (value: number) => (value < 0 ? '' : '+') + value.toFixed(3);
const judge = (value: number, limit: number, unit: string) =>
  `${Number.isInteger(value) ? value : value.toFixed(3)}${unit} ${verdict(value <= limit)}`;

function mean(entries: readonly TextureMetrics[], figure: keyof TextureMetrics): number {
  // A picture without any structured window has no kept semantics to average.
  const values = entries.map((entry) => entry[figure]).filter((value) => !Number.isNaN(value));
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function meanMetrics(byImage: { [image: string]: TextureMetrics[] }): TextureMetrics {
  const all = Object.values(byImage).flat();
  return Object.fromEntries(FIGURES.map((figure) => [figure, mean(all, figure)])) as unknown as TextureMetrics;
}

function markdownTable(head: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
