import type { SkipKind, TextureOutcome } from './outcome';

/** Exit codes of the command. */
export const exitCodes = {
  /** Every image has its texture. */
  complete: 0,
  /** The run came to its end; some images have none. */
  skipped: 1,
  /** The run did not start, because of an option, a folder or a package. */
  unusable: 2,
  /** The run stopped early: a bad file with `--on-error stop`, a full disk, a worker that died. */
  stopped: 3,
} as const;

/** Counts the outcomes of the sources. */
export class Summary {
  made = 0;
  whole = 0;
  readonly skipped = new Map<SkipKind, number>();

  add(outcome: TextureOutcome): void {
    if (outcome.status === 'skipped') this.skipped.set(outcome.kind, (this.skipped.get(outcome.kind) ?? 0) + 1);
    else this[outcome.status] += 1;
  }

  get skippedCount(): number {
    return [...this.skipped.values()].reduce((sum, count) => sum + count, 0);
  }

  get done(): number {
    return this.made + this.whole + this.skippedCount;
  }

  get exitCode(): number {
    return this.skipped.size > 0 ? exitCodes.skipped : exitCodes.complete;
  }

  /** Writes `12 made, 3 there already, 2 skipped (1 too small, 1 unreadable)` */
  toString(): string {
    const kinds = [...this.skipped].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
    const skipped = `${this.skippedCount} skipped${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`;
    return [`${this.made} made`, `${this.whole} there already`, skipped].join(', ');
  }
}
