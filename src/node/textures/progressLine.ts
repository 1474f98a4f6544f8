import type { Summary } from './summary';

const everyMs = { terminal: 200, lines: 10_000 };

/**
 * Shows a run's progress, rate and remaining time: one changing line on a terminal, a line every ten seconds elsewhere.
 */
export class ProgressLine {
  private readonly started = performance.now();
  private shown = this.started;

  constructor(
    private readonly total: number,
    private readonly summary: Summary,
    private readonly stream: NodeJS.WriteStream,
  ) {}

  /** Shows the state if the last time was long enough ago. */
  update(): void {
    const now = performance.now();
    if (now - this.shown < (this.stream.isTTY ? everyMs.terminal : everyMs.lines)) return;
    this.shown = now;
    const line = describeProgress(this.summary, this.total, (now - this.started) / 1000);
    this.stream.write(this.stream.isTTY ? `\r\x1b[K${line.slice(0, (this.stream.columns || 80) - 1)}` : `${line}\n`);
  }

  /** Clears the line for other output. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }
}

/** Writes `120/1000, 7.1 images/s, 2 min left`: the rate counts textures that were made, not those found. */
function describeProgress({ done, made, skippedCount }: Summary, total: number, seconds: number): string {
  const rate = made / seconds;
  const parts = [`${done}/${Math.max(total, done)}`];
  if (made > 0) parts.push(`${rate.toFixed(1)} images/s`, `${duration(Math.max(0, total - done) / rate)} left`);
  if (skippedCount > 0) parts.push(`${skippedCount} skipped`);
  return parts.join(', ');
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
