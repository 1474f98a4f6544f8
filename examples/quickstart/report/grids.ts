import { type Html, html } from '../../support/report/html';
import type { Gallery } from '../record';
import { decimal } from './format';

const image = (src: string, alt: string) => html`<img src="${src}" alt="${alt}" width="64" height="64">`;

/** What the encoder was shown: one image a row, itself, its two views, its patches. */
export function viewsGrid({ views }: Gallery): Html | undefined {
  if (views.length === 0) return undefined;
  const patches = views[0].negatives.length;
  return html`<figure class="beside">
<table class="grid" style="--columns: ${3 + patches}">
<thead><tr><th scope="col">Image</th><th scope="col">Query</th><th scope="col">Key</th>
${patches > 0 && html`<th scope="colgroup" colspan="${patches}">Patches</th>`}<td class="name"></td></tr></thead>
<tbody>${views.map(
    ({ caption, ...row }) => html`<tr>
<td>${image(row.image, caption)}</td>
<td>${image(row.query, `${caption}, query view`)}</td>
<td>${image(row.key, `${caption}, key view`)}</td>
${row.negatives.map((src) => html`<td>${image(src, `${caption}, patches of the query view`)}</td>`)}
<th scope="row" class="name">${caption}</th>
</tr>`,
  )}</tbody>
</table>
<figcaption>
<p>Two random views of each picture, <b>query</b> and <b>key</b>, are to come out alike, and unlike the views of other
pictures in the queue.</p>
${
  patches > 0 &&
  html`<p><b>Patches</b> of the query view keep its texture and color but not its form, drawn anew at each step. They are
to come out unlike the query, so that local texture alone cannot tell pictures apart.</p>`
}
</figcaption>
</figure>`;
}

/** What the encoder finds: queries of each rendering, and what lies nearest to them in the training rendering. */
export function neighborsGrid({ neighbors }: Gallery): Html | undefined {
  if (neighbors.length === 0) return undefined;
  const domains = [...new Set(neighbors.map(({ domain }) => domain))];
  const found = neighbors.some(({ nearest }) => nearest.some(({ same }) => same));
  return html`<figure class="multiples">
${domains.map((domain) =>
  domainTable(
    domain,
    neighbors.filter((row) => row.domain === domain),
    domains.length > 1,
  ),
)}
<figcaption>On the left a held-out picture, to its right the ${domains.length > 1 ? 'held-out pictures of the training rendering' : 'other held-out pictures'}
whose features lie nearest to its own, with their cosines; a picture is never its own neighbor.
${found && html`${check} and a frame mark the same concept.`}</figcaption>
</figure>`;
}

const check = html`<svg class="check" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="8" /><path d="M4.2,8.4 7,11 11.8,5.4" /></svg>`;

function domainTable(domain: string, rows: Gallery['neighbors'], named: boolean): Html {
  const maxNeighbors = Math.max(...rows.map(({ nearest }) => nearest.length));
  return html`<div class="panel">
<h3>${named ? `From ${domain}` : 'Held-out pictures'}</h3>
<table class="grid nearest">
<thead><tr><th scope="col">Query</th><th scope="colgroup" colspan="${maxNeighbors}">Nearest first</th></tr></thead>
<tbody>${rows.map(
    ({ caption, image: src, nearest }) => html`<tr>
<th scope="row" class="query">${image(src, caption)}</th>
${nearest.map(
  (neighbor) => html`<td${neighbor.same && html` class="same"`}>
${image(neighbor.image, neighbor.same ? `${neighbor.caption}, the same concept` : neighbor.caption)}
${neighbor.same && check}
<small>${decimal(neighbor.similarity)}</small>
</td>`,
)}
</tr>`,
  )}</tbody>
</table>
</div>`;
}
