import type { Browser } from 'playwright-core';
import type { Report } from './report';

/** A file takes seconds; the slowest, on an adapter in software and a busy machine, minutes. */
const timeout = 600_000;

/** Runs the files in a page of their own, on one backend. */
export async function runBackend(
  browser: Browser,
  url: string,
  backend: string,
  files: readonly string[],
  report: Report,
): Promise<void> {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  let file = '';
  page.on('crash', () => report.breakOff(backend, file, 'the page crashed'));
  page.on('pageerror', (error) => console.log(`${backend} ${file}: ${error.stack}`));
  if (process.env.DEBUG) page.on('console', (message) => console.log(message.text()));
  await page.exposeFunction('report', (outcome: Parameters<Report['add']>[2]) => report.add(backend, file, outcome));
  await page.goto(url);
  await page.waitForFunction(() => 'runFile' in window, undefined, { timeout: 20_000 });
  if (!(await page.evaluate((name) => window.start(name), backend))) {
    report.skipAll(backend, files, `this Chromium has no adapter for ${backend}`);
  } else {
    for (file of files) {
      try {
        await page.evaluate((name) => window.runFile(name), file);
      } catch (error) {
        report.breakOff(backend, file, String(error));
      }
    }
  }
  await page.close();
}
