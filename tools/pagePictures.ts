// Draws docs/report.png and docs/gallery.png: the top of the quickstart's report, and the gallery, as a browser shows
// them. CHROMIUM names another browser.
//   npm run quickstart && npm run gallery && npx tsx tools/pagePictures.ts
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const pages = [
  { page: 'runs/quickstart/report.html', picture: 'docs/report.png', width: 900, height: 1945 },
  { page: 'runs/gallery/index.html', picture: 'docs/gallery.png', width: 1280 },
];

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
for (const { page, picture, width, height } of pages.filter(({ page }) => existsSync(page))) {
  const tab = await browser.newPage({ viewport: { width, height: height ?? 1000 } });
  await tab.goto(pathToFileURL(resolve(page)).href);
  await sharp(await tab.screenshot({ fullPage: height === undefined }))
    .png({ palette: true, quality: 90 })
    .toFile(picture);
  console.log(picture);
}
await browser.close();
