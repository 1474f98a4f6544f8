/**
 * Runs the numeric suite in a real Chromium, on WebGL2 and WebGPU:
 *
 *   npm run test:browser -- [--backends webgl,webgpu] [--files layers,losses] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from './bundle';
import { launchChromium, missing } from './chromium';
import { Report } from './report';
import { runBackend } from './runBackend';
import { serve } from './server';
import { backends, files } from './suite';

const { values } = parseArgs({
  options: { backends: { type: 'string' }, files: { type: 'string', default: '' }, json: { type: 'string' } },
});
const chosenBackends = values.backends?.split(',') ?? backends;
const chosenFiles = files.filter((file) => values.files.split(',').some((part) => file.includes(part)));

const report = new Report();
const browser = await launchChromium();
if (browser) {
  const { url, server } = await serve(await bundle());
  for (const backend of chosenBackends) await runBackend(browser, url, backend, chosenFiles, report);
  await browser.close();
  server.close();
} else {
  for (const backend of chosenBackends) report.skipAll(backend, chosenFiles, missing);
}

report.printSummary();
if (values.json) writeFileSync(values.json, JSON.stringify(report.totals));
process.exitCode = report.failed ? 1 : 0;
