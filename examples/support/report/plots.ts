import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html } from './html';

const { document } = parseHTML('<!doctype html><html></html>');

/** Okabe and Ito's, which color-blind readers tell apart. */
const colors = ['#000000', '#0072b2', '#56b4e9', '#d55e00', '#009e73', '#cc79a7', '#e69f00'];

export interface Point {
  /** Which line, or color of dots. */
  series: string;
  /** The row of a dot plot. */
  name: string;
  value: number;
  /** Half of a bar through the dot, such as the standard deviation. */
  spread?: number;
}

export interface PlotOptions {
  title: string;
  /** Of the axis of values. */
  label: string;
  /** All series in the order of their colors, where plots side by side show only some. @default those shown */
  order?: readonly string[];
}

const width = 720;

/** One row a name, in it one dot a series. */
export function dotPlot(points: readonly Point[], { title, label, order }: PlotOptions): string {
  const series = seriesOf(points, order);
  const names = unique(points.map((point) => point.name));
  const shown = points.filter(({ value }) => Number.isFinite(value));
  const marks = series.flatMap(({ name, color }, i) => {
    const own = shown.filter((point) => point.series === name);
    const dy = (i - (series.length - 1) / 2) * 9;
    const spread = (sign: number) => (point: Point) => point.value + sign * (point.spread ?? 0);
    return [
      Plot.ruleY(own, { x1: spread(-1), x2: spread(1), y: 'name', dy, stroke: color, strokeWidth: 1.5 }),
      Plot.dot(own, { x: 'value', y: 'name', dy, r: 4, fill: color }),
    ];
  });
  return draw(title, series, {
    height: 60 + names.length * (16 + 9 * series.length),
    marginLeft: 30 + 6.5 * Math.max(...names.map((name) => name.length)),
    x: { label, labelAnchor: 'center', labelArrow: 'none', grid: true, nice: true },
    y: { label: null, domain: names, tickSize: 0 },
    marks,
  });
}

/** One line a series over numbered steps: `x` is the number that `name` spells. */
export function linePlot(
  points: readonly Point[],
  { title, label, order, steps }: PlotOptions & { steps: string },
): string {
  const series = seriesOf(points, order);
  const marks = series.flatMap(({ name, color }) => {
    const own = points.filter((point) => point.series === name);
    const place = { x: (point: Point) => Number(point.name), y: 'value' };
    return [
      Plot.line(own, { ...place, stroke: color, strokeWidth: 2 }),
      ...(own.length <= 10 ? [Plot.dot(own, { ...place, r: 4, fill: color })] : []),
    ];
  });
  const places = unique(points.map((point) => point.name));
  return draw(title, series, {
    height: 320,
    marginLeft: 50,
    x: {
      label: steps,
      labelAnchor: 'center',
      labelArrow: 'none',
      ...(places.length <= 10 ? { ticks: places.map(Number), tickFormat: 'd' } : {}),
    },
    y: { label, labelAnchor: 'center', labelArrow: 'none', grid: true, nice: true },
    marks,
  });
}

/** A standalone picture: title, legend and plot in one SVG. */
function draw(title: string, series: readonly Series[], options: Plot.PlotOptions): string {
  const svg = Plot.plot({
    document,
    width,
    marginTop: 64,
    marginBottom: 40,
    marginRight: 24,
    ...options,
    height: (options.height ?? 0) + 50,
    style: { fontSize: '12px', fontFamily: 'Helvetica, Arial, sans-serif', background: '#ffffff', color: '#222222' },
  });
  // Only a file has to say that it is SVG, and the figures of the documentation are files.
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  const heading = html`<text x="8" y="18" text-anchor="start" font-size="14" font-weight="600" fill="currentColor">${title}</text>`;
  let x = 8;
  const legend =
    series.length < 2
      ? []
      : series.map(({ name, color }) => {
          const entry = html`<circle cx="${x + 5}" cy="36" r="5" fill="${color}"/><text x="${x + 15}" y="40" text-anchor="start" fill="currentColor">${name}</text>`;
          x += 32 + 6.6 * name.length;
          return entry;
        });
  const background = '<rect width="100%" height="100%" fill="#ffffff"/>';
  return svg.outerHTML.replace(/>/, `>${background}`).replace(/<\/svg>$/, `${heading}${legend.join('')}</svg>`);
}

interface Series {
  name: string;
  color: string;
}

function seriesOf(points: readonly Point[], order?: readonly string[]): Series[] {
  const shown = unique(points.map((point) => point.series));
  return (order ?? shown)
    .map((name, i) => ({ name, color: colors[i % colors.length] }))
    .filter(({ name }) => shown.includes(name));
}

const unique = (values: readonly string[]) => [...new Set(values)];
