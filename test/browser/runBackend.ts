import type { Browser } from 'playwright-core';
import type { Report } from './report';

/** A file takes seconds; the slowest, on an adapter in software and a busy machine, minutes. */
const timeout = 600_000;

/** Runs the files on one backend, each in a page of its own: what a file leaves on the device goes with its page. */
export async function runBackend(
  browser: Browser,
  url: string,
  backend: string,
  files: readonly string[],
  report: Report,
): Promise<void> {
  for (const file of files) {
    const page = await browser.newPage();
    page.setDefaultTimeout(timeout);
    page.on('pageerror', (error) => console.log(`${backend} ${file}: ${error.stack}`));
    try {
      await page.exposeFunction('report', (outcome: Parameters<Report['add']>[2]) =>
        report.add(backend, file, outcome),
      );
      await page.goto(url);
      await page.waitForFunction(() => 'runFile' in window);
      if (!(await page.evaluate((name) => window.start(name), backend)))
        return report.skipAll(backend, files, `this Chromium has no adapter for ${backend}`);
      await page.evaluate((name) => window.runFile(name), file);
    } catch (error) {
      report.breakOff(backend, file, String(error));
    } finally {
      await page.close();
    }
  }
}
