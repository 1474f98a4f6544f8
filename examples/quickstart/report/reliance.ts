import type { Figure, RelianceFigures } from 'tfjs-nonsemantic-negatives/evaluation';
import { type Html, html } from '../../support/report/html';
import type { Conflict, Gallery, Reliance, RunRecord } from '../record';
import { featuresOf } from './columns';
import { number, percent } from './format';

interface Row {
  title: string;
  meaning: string;
  of(figures: RelianceFigures): Figure | undefined;
}

const k = 10;
const rows: Row[] = [
  { title: 'Shape over texture', meaning: 'cue conflicts taken for their shape', of: ({ shapeShare }) => shapeShare },
  { title: 'Silhouette', meaning: 'found from it', of: ({ recall }) => recall.silhouettes?.[k] },
  { title: 'Edges', meaning: 'found from them', of: ({ recall }) => recall.edges?.[k] },
  { title: 'Texture alone', meaning: 'found from it', of: ({ recall }) => recall.textures?.[k] },
  { title: 'Shuffled patches', meaning: 'found from them', of: ({ recall }) => recall.patches?.[k] },
];

/** What each set of features relies on, in percent with intervals, beside chance. */
export function relianceTable(record: RunRecord): Html | undefined {
  const { reliance } = record;
  if (!reliance) return undefined;
  const names = featuresOf(record).filter((name) => name in reliance.encoders);
  const [first] = names;
  const shown = rows.filter(({ of }) => of(reliance.encoders[first]));
  const compared = reliance.differences[first];
  return html`<div class="scroll" role="region" aria-label="Table of reliance" tabindex="0">
<table class="measures reliance" aria-label="What is relied on, in percent">
<thead><tr><th scope="col"></th>${names.map((name) => html`<th scope="col">${name}</th>`)}
${compared && html`<th scope="col">difference</th>`}<th scope="col">chance</th></tr></thead>
<tbody>${shown.map(
    ({ title, meaning, of }) => html`<tr><th scope="row">${title}<small>${meaning}</small></th>
${names.map((name) => cell(of(reliance.encoders[name])!))}
${compared && cell(of(compared)!, true)}<td>${percent(of(reliance.encoders[first])!.chance)}</td></tr>`,
  )}</tbody>
</table>
</div>
<p class="note">${explanation(reliance, compared && first)}</p>`;
}

function cell({ value, low, high }: Figure, signed = false): Html {
  const text = (share: number) => `${signed && share > 0 ? '+' : ''}${percent(share)}`;
  // A difference is plain if its interval lies on one side of 0.
  const shown = signed && low * high > 0 ? html`<strong>${text(value)}</strong>` : text(value);
  return html`<td>${shown}<small>${text(low)} … ${text(high)}</small></td>`;
}

function explanation({ concepts, conflicts, baseline }: Reliance, first: string | undefined): Html {
  return html`In percent, with 95 % intervals of a bootstrap over ${number(concepts)} held-out concepts. ${
    conflicts > 0 &&
    html`<b>Shape over texture</b>: of ${number(conflicts)} pictures with the outline of one concept, filled with a
texture of another, the share nearer to the first. `
  }<b>Found</b>: the picture is among the ten of ${number(concepts)} that are most similar. From texture or patches alone,
lower means less reliance on them. ${first && html`<b>Difference</b>: ${first} less ${baseline}, concept by concept.`}`;
}

/** Cue conflicts, and which of the two each set of features takes them for; then those on which they differ. */
export function conflictGrids(record: RunRecord, { conflicts = [], disputes }: Gallery): Html | undefined {
  if (conflicts.length === 0) return undefined;
  const all = number(record.reliance?.conflicts ?? 0);
  const first = html`The first ${conflicts.length} of ${all} cue conflicts as they were drawn, none picked out. Framed in
one color, the encoder took them for their <b class="shape">shape</b>, in the other for their <b class="texture">texture</b>.`;
  const differ =
    disputes &&
    html`The first ${disputes.conflicts.length} of the ${number(disputes.total)} on which
${compared(record).join(' and ')} differ.`;
  return html`${grid(record, conflicts, first)}${differ && disputes.total > 0 && grid(record, disputes.conflicts, differ)}`;
}

/** The two sets of features that pictures compare: the trained one and its baseline. */
function compared(record: RunRecord): string[] {
  const trained = record.trainings.map(({ name }) => name);
  return featuresOf(record).filter((name, i) => i < 2 || trained.includes(name));
}

function grid(record: RunRecord, conflicts: readonly Conflict[], caption: Html): Html {
  const line = (title: string, picture: (conflict: Conflict) => Html) =>
    html`<tr><th scope="row">${title}</th>${conflicts.map((conflict) => picture(conflict))}</tr>`;
  return html`<figure class="conflicts">
<div class="scroll" role="region" aria-label="Cue conflicts" tabindex="0"><table class="grid">
<tbody>
${line('Cue conflict', ({ image, shape, texture }) => html`<td>${img(image, `shape of ${shape.caption}, texture of ${texture.caption}`)}</td>`)}
${line('Shape of', ({ shape }) => html`<td>${img(shape.image, shape.caption)}</td>`)}
${line('Texture of', ({ texture }) => html`<td>${img(texture.image, texture.caption)}</td>`)}
${compared(record).map((name) => line(`${name} takes it for`, (conflict) => decision(conflict, conflict.takenForShape[name])))}
</tbody>
</table></div>
<figcaption>${caption}</figcaption>
</figure>`;
}

function decision({ shape, texture }: Conflict, share: number): Html {
  if (share === 0.5) return html`<td>neither</td>`;
  const [cue, taken] = share === 1 ? ['shape', shape] : (['texture', texture] as const);
  return html`<td class="${cue}">${img(taken.image, `${taken.caption}, by ${cue}`)}<small>${cue}</small></td>`;
}

const img = (src: string, alt: string) => html`<img src="${src}" alt="${alt}" width="64" height="64">`;
