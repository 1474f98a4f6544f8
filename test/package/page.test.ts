import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chromiumPath, launchChromium, missing } from '../browser/chromium';
import { cleanUp, root, unpacked } from './consumer';

// Pages without a bundler, from the packed tarball and tfjs's own builds.
const testInChromium = chromiumPath() ? test : test.skip;
if (!chromiumPath()) console.warn(`Pages are not tried: ${missing}`);

/** What both pages do: an adopted loop, two steps of it on tfjs's cpu backend, and what its features are worth. */
const program = `
  await tf.setBackend('cpu');
  const encoder = own.convEncoder({ inputShape: [8, 8, 3], filters: [4] });
  const images = tf.data.array([0, 1, 2, 3].map((i) => tf.randomUniform([8, 8, 3], 0, 1, 'float32', i)));
  const dataset = images.batch(2).map(own.twoViews()).map(own.patchNegative());
  const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [8, 8, 3] }));
  const outputs = own.memoryQueue({ size: 4 }).apply(own.momentumEncoder({ encoder }).apply(inputs));
  const model = tf.model({ inputs, outputs });
  const before = encoder.getWeights()[0].dataSync().slice();
  model.compile({ optimizer: own.sgd({ learningRate: 0.1 }), loss: own.nonSemanticInfoNCE() });
  const { history } = await model.fitDataset(dataset, { epochs: 1, verbose: 0 });
  const moved = encoder.getWeights()[0].dataSync().some((weight, i) => weight !== before[i]);
  const batch = { xs: tf.randomUniform([2, 8, 8, 3]), ys: tf.tensor1d([0, 1], 'int32') };
  const features = await own.extractFeatures(encoder, batch);
  const { top1 } = await own.knn(features, features, { k: 1 });
  const { backend } = await own.accelerate();
  document.title = JSON.stringify({ finite: history.loss.every(Number.isFinite), moved, top1, backend });
`;

const pages: { [path: string]: string } = {
  '/script.html': `<!doctype html>
    <script src="/tfjs/tf.min.js"></script>
    <script src="/own/tfjs-nonsemantic-negatives.min.js"></script>
    <script type="module">const own = nonSemanticNegatives; ${program}</script>`,
  '/importmap.html': `<!doctype html>
    <script type="importmap">
      { "imports": {
        "@tensorflow/tfjs": "/tfjs/tf.fesm.min.js",
        "tfjs-nonsemantic-negatives": "/own/tfjs-nonsemantic-negatives.esm.min.js"
      } }
    </script>
    <script type="module">
      import * as tf from '@tensorflow/tfjs';
      import * as own from 'tfjs-nonsemantic-negatives';
      ${program}
    </script>`,
  '/alone.html': `<!doctype html><script src="/own/tfjs-nonsemantic-negatives.min.js"></script>`,
};

let server: Server;
let browser: Browser | undefined;
let dist: string;

beforeAll(async () => {
  dist = join(unpacked(), 'dist');
  const folders = { own: dist, tfjs: join(root, 'node_modules/@tensorflow/tfjs/dist') };
  server = createServer((request, response) => {
    const [, folder, file] = (request.url ?? '').split('/');
    const isPage = request.url! in pages;
    const known = isPage || folder in folders;
    response.writeHead(known ? 200 : 404, { 'content-type': isPage ? 'text/html' : 'text/javascript' });
    response.end(isPage ? pages[request.url!] : known ? readFileSync(join(folders[folder as 'own'], file)) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  cleanUp();
});

async function open(path: string) {
  const page = await browser!.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  return { page, errors };
}

testInChromium.each(['/script.html', '/importmap.html'])('%s trains', async (path) => {
  const { page, errors } = await open(path);
  await page.waitForFunction(() => document.title !== '', undefined, { timeout: 60_000 }).catch(() => undefined);
  expect(errors).toEqual([]);
  expect(JSON.parse(await page.title())).toEqual({ finite: true, moved: true, top1: 1, backend: 'cpu' });
});

testInChromium('a page without TensorFlow.js says what is missing', async () => {
  const { errors } = await open('/alone.html');
  expect(errors).toEqual([expect.stringContaining('Load TensorFlow.js')]);
});

test('package.json names the script for the CDNs, and it is in the tarball', () => {
  const { unpkg, jsdelivr } = JSON.parse(readFileSync(join(dist, '../package.json'), 'utf8'));
  expect(jsdelivr).toBe(unpkg);
  expect(readFileSync(join(dist, '..', unpkg), 'utf8')).toContain('nonSemanticNegatives');
});
