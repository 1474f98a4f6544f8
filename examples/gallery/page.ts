import { type Html, html } from '../support/report/html';
import { page } from '../support/report/page';
import { captions } from './tiles';

/** One image: its name, and a data URI for each caption. */
export interface Row {
  name: string;
  tiles: readonly string[];
}

/** The gallery as one self-contained page. */
export function galleryPage(rows: readonly Row[], side: number): string {
  const body = html`<header>
      <h1>What your negatives look like</h1>
      <p class="lede">
        Each row is one image. Two <b>views</b> of it should have the same embedding. Its <b>negatives</b> keep its
        local looks and lose what it is: patches of it in random order, and textures synthesized from two pieces of
        it. An encoder that tells them from the image has to look at more than texture.
      </p>
    </header>
    <main>
      ${rows.map((row) => section(row, side))}
    </main>`;
  return page({ title: 'Views and negatives', styles: [new URL('gallery.css', import.meta.url)], body });
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
