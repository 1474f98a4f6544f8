import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { chromiumPath, launchChromium, missing } from '../browser/chromium';

const root = join(__dirname, '../..');
const emoji = join(root, 'node_modules/@lobehub/fluent-emoji-3d/assets');
const minutes = 60_000;

/** What `npm run demo` starts, but deaf to changes of files, at which it would load the page anew. */
const develop = `
  import { createServer } from 'vite';
  const options = { host: '127.0.0.1', port: 0, watch: null, hmr: false };
  const server = await createServer({ root: 'examples/browser', server: options });
  await server.listen();
  console.log(server.resolvedUrls.local[0]);
`;

/** What `vite build` writes into the folder, as a site would serve it. */
const publish = (outDir: string) => `
  import { build, preview } from 'vite';
  const options = { root: 'examples/browser', logLevel: 'error', build: { outDir: '${outDir}' } };
  await build(options);
  const server = await preview({ ...options, preview: { host: '127.0.0.1', port: 0 } });
  console.log(server.resolvedUrls.local[0]);
`;

async function serve(script: string): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const read = (part: Buffer) => {
      output += part;
      const found = output.match(/http:\S+/);
      if (found) resolve(found[0]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('exit', () => reject(new Error(output)));
  });
  return { server, url };
}

/** The RGBA bytes of a canvas. */
async function pixelsOf(page: Page, id: string): Promise<Buffer> {
  const bytes = await page.$eval(`#${id}`, (node) => {
    const { width, height } = node as HTMLCanvasElement;
    const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(node as HTMLCanvasElement, 0, 0);
    return btoa(
      Array.from(context.getImageData(0, 0, width, height).data, (byte) => String.fromCharCode(byte)).join(''),
    );
  });
  return Buffer.from(bytes, 'base64');
}

/** Whether the upper left `size` x `size` pixels of one picture are somewhere in the other; both 96 x 96. */
function cornerIsIn(whole: Buffer, corner: Buffer, size: number): boolean {
  const row = (pixels: Buffer, top: number, left: number) => {
    const start = 4 * (top * 96 + left);
    return pixels.subarray(start, start + 4 * size);
  };
  const places = Array.from({ length: 96 - size + 1 }, (_, i) => i);
  const rows = Array.from({ length: size }, (_, i) => i);
  return places.some((top) =>
    places.some((left) => rows.every((y) => row(whole, top + y, left).equals(row(corner, y, 0)))),
  );
}

const status = (page: Page, text: RegExp) =>
  page.waitForFunction(
    (pattern) => new RegExp(pattern).test(document.getElementById('status')?.textContent ?? ''),
    text.source,
  );

/** Waits until the examples show what the page was last asked for. */
const settled = (page: Page) => page.waitForSelector('#examples[aria-busy=false]');

/** The canvas once it differs from `before`. */
async function changed(page: Page, id: string, before: Buffer): Promise<Buffer> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const now = await pixelsOf(page, id);
    if (!now.equals(before)) return now;
    await page.waitForTimeout(100);
  }
  throw new Error(`Nothing changed in ${id}.`);
}

async function screenshot(page: Page, name: string): Promise<void> {
  const dir = process.env.SCREENSHOTS;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
}

// Counted as skipped where there is no Chromium, as on a user's machine.
const [run, note] = chromiumPath() ? [describe, ''] : [describe.skip, `, skipped: ${missing}`];

run(`the browser demo${note}`, () => {
  let server: ChildProcess;
  let browser: Browser;
  let page: Page;
  let url: string;
  const errors: string[] = [];

  beforeAll(async () => {
    ({ server, url } = await serve(develop));
    browser = (await launchChromium()) as Browser;
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(4 * minutes);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${url}?backend=webgl`);
    await status(page, /^Ready/);
  }, 5 * minutes);

  afterAll(async () => {
    await browser?.close();
    server?.kill();
  });

  test('names its backend and offers the emoji', async () => {
    expect(await page.textContent('#status')).toBe('Ready: computing with WebGL.');
    expect(await page.locator('#pictures input').count()).toBeGreaterThan(200);
    await screenshot(page, 'start');
  });

  test(
    'says what is wrong with a file, and loses nothing',
    async () => {
      const small = await sharp({ create: { width: 31, height: 40, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      await page.setInputFiles('#files', [
        { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') },
        { name: 'small.png', mimeType: 'image/png', buffer: small },
      ]);
      await page.waitForSelector('#problems li:nth-child(2)');
      expect(await page.locator('#problems li').allTextContents()).toEqual([
        'notes.txt is not a picture that this browser can read.',
        'small.png has 31 × 40 pixels; the minimum is 32 × 32.',
      ]);
      expect(await page.locator('#pictures input').count()).toBeGreaterThan(200);
    },
    2 * minutes,
  );

  test(
    'takes pictures dropped on it',
    async () => {
      await page.click('#emoji');
      await status(page, /^No pictures/);
      const files = ['1f98a', '1f98b', '1f340', '1f353', '1f34b', '1f427'].map((name) => ({
        name: `${name}.webp`,
        bytes: readFileSync(join(emoji, `${name}.webp`)).toString('base64'),
      }));
      const transfer = await page.evaluateHandle((list) => {
        const data = new DataTransfer();
        for (const { name, bytes } of list)
          data.items.add(new File([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))], name));
        return data;
      }, files);
      await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
      await status(page, /^6 pictures/);
      expect(await page.locator('#pictures img').first().getAttribute('alt')).toBe('1f98a.webp');
      expect(await page.locator('#problems li').count()).toBe(0);
    },
    5 * minutes,
  );

  test(
    'shows other patches, of the query, as the range changes',
    async () => {
      await settled(page);
      const [query, before] = [await pixelsOf(page, 'query'), await pixelsOf(page, 'patches')];
      await page.focus('[name=minPatch]');
      await page.keyboard.press('End');
      const large = await changed(page, 'patches', before);
      expect(await page.inputValue('[name=maxPatch]')).toBe('60');
      const size = Math.round(0.6 * 96);
      expect(cornerIsIn(query, large, size)).toBe(true);
      expect(cornerIsIn(query, large, 96)).toBe(false);
      expect((await pixelsOf(page, 'query')).equals(query)).toBe(true);
    },
    3 * minutes,
  );

  test(
    'shows another texture as the exemplar size changes',
    async () => {
      await settled(page);
      const [query, before] = [await pixelsOf(page, 'query'), await pixelsOf(page, 'texture')];
      await page.focus('[name=exemplar]');
      await page.keyboard.press('Home');
      await changed(page, 'texture', before);
      expect((await pixelsOf(page, 'query')).equals(query)).toBe(true);
    },
    3 * minutes,
  );

  test(
    'gives negatives no force at alpha 0',
    async () => {
      await page.focus('[name=alpha]');
      await page.keyboard.press('Home');
      await page.waitForFunction(() => document.querySelector('output[name=pictures]')?.textContent === '100\u00a0%');
      expect(await page.textContent('output[name=patches]')).toBe('0\u00a0%');
      for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight');
      expect(await page.inputValue('[name=alpha]')).toBe('2');
      await page.waitForFunction(() => document.querySelector('output[name=pictures]')?.textContent !== '100\u00a0%');
    },
    3 * minutes,
  );

  test(
    'trains: the loss falls, and training can be stopped',
    async () => {
      await page.evaluate(() => {
        const losses: number[] = [];
        Object.assign(window, { losses });
        const progress = document.getElementById('progress') as HTMLElement;
        new MutationObserver(() => {
          const loss = progress.textContent?.match(/loss ([\d.]+)/);
          if (loss) losses.push(Number(loss[1]));
        }).observe(progress, { childList: true });
      });
      await page.fill('[name=steps]', '24');
      await page.click('#train');
      await status(page, /^Trained after 24 steps/);
      const losses = await page.evaluate(() => (window as unknown as { losses: number[] }).losses);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(losses).toHaveLength(24);
      expect(mean(losses.slice(-6))).toBeLessThan(mean(losses.slice(0, 6)) - 0.1);
      expect(await page.locator('#curve path').count()).toBeGreaterThan(1);

      await page.check('[name=textures]');
      await page.fill('[name=steps]', '500');
      await page.click('#train');
      await page.waitForFunction(() => /^Step 2 /.test(document.getElementById('progress')?.textContent ?? ''));
      await page.click('#train');
      await status(page, /^Stopped after \d+ steps/);
      expect(await page.textContent('#train')).toBe('Train');
    },
    8 * minutes,
  );

  test(
    'shows the nearest neighbors of a clicked picture, and of theirs',
    async () => {
      await page.click('#queries label:nth-of-type(2)');
      const names = () =>
        page.locator('#nearest img').evaluateAll((images) => images.map((image) => image.getAttribute('alt')));
      const found = await names();
      expect(found[0]).toBe('1f98b.webp');
      expect(new Set(found).size).toBe(6);
      const similarities = (await page.locator('#nearest small').allTextContents()).slice(1).map(Number);
      expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
      await settled(page);
      await screenshot(page, 'trained');
      await page.focus('#nearest li:nth-child(2) button');
      await page.keyboard.press('Enter');
      expect((await names())[0]).toBe(found[1]);
    },
    2 * minutes,
  );

  test(
    'fits a phone, and works by keyboard there',
    async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await settled(page);
      const before = await pixelsOf(page, 'picture');
      await page.focus('#pictures input:checked');
      await page.keyboard.press('ArrowRight');
      await changed(page, 'picture', before);
      await settled(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await screenshot(page, 'phone');
    },
    3 * minutes,
  );

  test('has logged no error', () => {
    expect(errors).toEqual([]);
  });

  test(
    'takes WebGPU where the browser has it',
    async () => {
      const other = await browser.newPage();
      await other.goto(url);
      await status(other, /WebGPU/);
      await other.close();
    },
    3 * minutes,
  );

  test(
    'times training steps on request, beside TensorFlow.js as it comes',
    async () => {
      const other = await browser.newPage();
      other.setDefaultTimeout(4 * minutes);
      await other.goto(`${url}?backend=webgl&bench`);
      await other.waitForSelector('#timings tr');
      expect(await other.textContent('#device')).toMatch(/^WebGL, .*SwiftShader.*, batch 32/);
      const [stockMs, stockRate, ms, rate] = (
        await other.locator('#timings tr').first().locator('td').allTextContents()
      ).map(Number);
      expect(stockMs * stockRate).toBeCloseTo(32_000, -3);
      expect(ms * rate).toBeCloseTo(32_000, -3);
      await screenshot(other, 'bench');
      await other.close();
    },
    5 * minutes,
  );

  test(
    'trains on WebAssembly when built for a site',
    async () => {
      const dir = mkdtempSync(join(tmpdir(), 'demo-'));
      const site = await serve(publish(dir));
      try {
        const other = await browser.newPage();
        other.setDefaultTimeout(4 * minutes);
        await other.goto(`${site.url}?backend=wasm`);
        await status(other, /^Ready: computing with WebAssembly/);
        await other.fill('[name=steps]', '3');
        await other.click('#train');
        await status(other, /^Trained after 3 steps/);
        expect(await other.textContent('#progress')).toMatch(/^Step 3 of 3: loss \d\.\d\d;/);
        await screenshot(other, 'built');
        await other.close();
      } finally {
        site.server.kill();
        rmSync(dir, { recursive: true });
      }
    },
    8 * minutes,
  );
});
