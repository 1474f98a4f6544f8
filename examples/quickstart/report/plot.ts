import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html, html } from '../../support/report/html';

const { document } = parseHTML('<!doctype html><html></html>');

/** Draws a chart to SVG at once: the page needs no JavaScript. `label` describes it to readers who cannot see it. */
export function draw(label: string, options: Plot.PlotOptions): Html {
  const svg = Plot.plot({
    document,
    style: { fontSize: '12px', fontFamily: 'inherit' },
    ...options,
  });
  // Plot's own style sheet would be repeated in every chart; style/ has what is needed of it.
  svg.querySelector('style')?.remove();
  return html`<div class="chart" role="img" aria-label="${label}">${new Html(svg.outerHTML)}</div>`;
}

/** A chart with its title and, where it has several series, its legend: a cell of a row of small multiples. */
export function panel(title: string, series: readonly Series[], chart: Html): Html {
  return html`<div class="panel">
<h3>${title}</h3>
${series.length > 1 && html`<p class="legend">${series.map(({ name, color, dash }) => html`<span>${swatch(color, dash)}${name}</span>`)}</p>`}
${chart}
</div>`;
}

/** Distinguishes a line from the others, by color and by dashes. */
export interface Series {
  name: string;
  color: string;
  dash?: string;
}

const swatch = (color: string, dash = 'none') =>
  html`<svg width="24" height="8" aria-hidden="true"><path d="M1,4H23" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash}" /></svg>`;

/** Colors are variables of ../../support/report/page.css, which has one set for light and one for dark. */
export const colors = ['var(--first)', 'var(--second)', 'var(--third)'];
export const dashes = [undefined, '7 4', '2 4'];
