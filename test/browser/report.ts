import type { Outcome } from './page/runner';

/** Prints each test as it ends, and counts them as jest's JSON does. */
export class Report {
  readonly totals = {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    /** Files that did not load, or were broken off. */
    numRuntimeErrorTestSuites: 0,
  };
  private readonly failures: string[] = [];
  private readonly start = Date.now();

  add(backend: string, file: string, { name, state, milliseconds, reason }: Outcome): void {
    const title = `${backend} ${file} › ${name}`;
    if (state === 'passed') this.totals.numPassedTests++;
    if (state === 'skipped') this.totals.numPendingTests++;
    if (state === 'failed') {
      this.totals.numFailedTests++;
      this.failures.push(`${title}\n${reason}`);
    }
    const note = state === 'skipped' ? ` (${reason})` : '';
    console.log(`${state.padEnd(7)} ${(milliseconds / 1000).toFixed(1).padStart(5)} s  ${title}${note}`);
  }

  /** Counts each file as one skipped test. */
  skipAll(backend: string, files: readonly string[], reason: string): void {
    for (const file of files) this.add(backend, file, { name: 'all', state: 'skipped', milliseconds: 0, reason });
  }

  /** A file that could not run to its end has failed, whatever it counted until then. */
  breakOff(backend: string, file: string, reason: string): void {
    this.totals.numRuntimeErrorTestSuites++;
    this.failures.push(`${backend} ${file}\n${reason}`);
  }

  get failed(): boolean {
    return this.failures.length > 0;
  }

  printSummary(): void {
    for (const failure of this.failures) console.log(`\nfailed: ${failure}`);
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = this.totals;
    const seconds = Math.round((Date.now() - this.start) / 1000);
    console.log(
      `\nBrowser: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped, ` +
        `${numRuntimeErrorTestSuites} files broken off, ${seconds} s`,
    );
  }
}
