/**
 * Runs the numeric suite in a real Chromium, on WebGL2 with 32-bit and 16-bit floats, and on WebGPU:
 *
 *   npm run test:browser -- [--backends webgl,webgl16,webgpu] [--files layers,losses] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from './bundle';
import { launchChromium, missing } from './chromium';
import { Report } from './report';
import { runBackend } from './runBackend';
import { serve } from './server';
import { backends, chooseFiles } from './suite';

const { values } = parseArgs({
  options: { backends: { type: 'string' }, files: { type: 'string' }, json: { type: 'string' } },
});
const report = new Report();
const { url, server } = await serve(await bundle());

/** Each backend in a browser of its own: within one, both would wait for the same thread. */
async function runInBrowser(backend: string): Promise<void> {
  const files = chooseFiles(backend, values.files);
  const browser = await launchChromium();
  if (!browser) return report.skipAll(backend, files, missing);
  await runBackend(browser, url, backend, files, report);
  await browser.close();
}
await Promise.all((values.backends?.split(',') ?? backends).map(runInBrowser));
server.close();

report.printSummary();
if (values.json) writeFileSync(values.json, JSON.stringify(report.totals));
process.exitCode = report.failed ? 1 : 0;
