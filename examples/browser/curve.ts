import * as Plot from '@observablehq/plot';
import type { Step } from './learner';

/** Draws the loss by step into `figure`, as far as it has come. */
export function drawCurve(container: HTMLElement, steps: readonly Step[], total: number): void {
  const plot = Plot.plot({
    width: Math.min(700, container.clientWidth),
    height: 240,
    marginLeft: 36,
    marginBottom: 40,
    style: { background: 'transparent', fontSize: '12px' },
    x: { label: 'step', domain: [0, total] },
    // At first there is nothing to take a range from.
    y: { label: 'loss', grid: true, zero: true, ...(steps.length === 0 ? { domain: [0, 5] } : {}) },
    marks: [
      Plot.lineY(steps, { x: 'step', y: 'loss', stroke: 'var(--rule)' }),
      // The mean of the last ten, which shows the trend through the noise.
      Plot.lineY(
        steps,
        Plot.windowY(
          { k: 10, anchor: 'end', reduce: 'mean' },
          { x: 'step', y: 'loss', stroke: 'var(--first)', strokeWidth: 2 },
        ),
      ),
    ],
  });
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `Loss by step, ${steps.length} of ${total} steps`);
  container.replaceChildren(plot);
}
