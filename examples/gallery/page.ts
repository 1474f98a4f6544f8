import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Html, html } from '../quickstart/report/html';
import { captions } from './tiles';

/** One image: its name, and a data URI for each caption. */
export interface Row {
  name: string;
  tiles: readonly string[];
}

/** The gallery as one page that needs nothing else. */
export function page(rows: readonly Row[], side: number): string {
  const style = readFileSync(join(import.meta.dirname, 'gallery.css'), 'utf8');
  const body = html`<header>
      <h1>What your negatives look like</h1>
      <p>
        Each row is one image. Two <b>views</b> of it should have the same embedding. Its <b>negatives</b> keep its
        local looks and lose what it is: patches of it in random order, and textures synthesised from two pieces of
        it. An encoder that tells them from the image has to look at more than texture.
      </p>
    </header>
    <main>
      ${rows.map((row) => section(row, side))}
    </main>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Views and negatives</title>
        <style>${new Html(style)}</style>
      </head>
      <body>${body}</body>
    </html>`.text;
}

function section({ name, tiles }: Row, side: number): Html {
  return html`<section aria-label="${name}">
    ${tiles.map(
      (tile, i) => html`<figure class="${captions[i].split(/[ ,]/, 1)[0]}">
        <img src="${tile}" width="${side}" height="${side}" alt="${captions[i]} of ${name}">
        <figcaption>${i === 0 ? name : captions[i]}</figcaption>
      </figure>`,
    )}
  </section>`;
}
