import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** A training step at one setting. */
export interface Point {
  value: number;
  work: number;
  ms: number;
  /** The queue and the loss by themselves, forward and backward. */
  queueMs: number;
  peakMB: number;
}

const { document } = parseHTML('<!doctype html><html></html>');

/** An SVG of time and bytes relative to the first setting, both axes logarithmic; the dashed line is linear growth. */
export function growthChart(setting: string, points: readonly Point[]): string {
  const [first] = points;
  const line = (series: string, y: (point: Point) => number, dash?: string) =>
    Plot.line(points, {
      x: 'work',
      y: (point: Point) => y(point) / y(first),
      stroke: () => series,
      strokeDasharray: dash,
    });
  const relative = points.map((point) => ({
    x: point.work,
    ms: point.ms / first.ms,
    bytes: point.peakMB / first.peakMB,
  }));
  const svg = Plot.plot({
    document,
    width: 480,
    height: 320,
    style: { fontFamily: 'sans-serif', fontSize: '12px', background: 'white' },
    x: {
      type: 'log',
      label: setting,
      ticks: points.map(({ work }) => work),
      tickFormat: (work: number) => `${points.find((point) => point.work === work)?.value ?? ''}`,
    },
    y: { type: 'log', label: `times that at ${setting} ${first.value}`, grid: true, ticks: 5, tickFormat: '~g' },
    color: { domain: ['time', 'peak bytes', 'linear'], range: ['#0b6e99', '#c2410c', '#888'] },
    marks: [
      line('linear', ({ work }) => work, '4 4'),
      line('time', ({ ms }) => ms),
      line('peak bytes', ({ peakMB }) => peakMB),
      Plot.dot(relative, { x: 'x', y: 'ms', fill: () => 'time' }),
      Plot.dot(relative, { x: 'x', y: 'bytes', fill: () => 'peak bytes' }),
      ...['time', 'peak bytes', 'linear'].map((series, i) =>
        Plot.text([series], { frameAnchor: 'top-left', dx: 8, dy: 8 + 16 * i, fill: () => series }),
      ),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML;
}
