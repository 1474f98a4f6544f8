import { writeWhole } from '../../support/files';
import { type Html, html } from '../../support/report/html';
import { page } from '../../support/report/page';
import type { Gallery, RunRecord } from '../record';
import { measureBars } from './bars';
import { trainingCharts } from './charts';
import { columnsOf, featuresOf } from './columns';
import { duration, list } from './format';
import { neighborsGrid, viewsGrid } from './grids';
import { conflictGrids, relianceTable } from './reliance';
import { attribution, settingsList } from './settings';
import { measureTable } from './table';

const styles = ['run', 'multiples', 'pictures', 'measures', 'reliance'].map(
  (name) => new URL(`style/${name}.css`, import.meta.url),
);

/** Writes the report of a run: one self-contained page that needs neither the network nor JavaScript. */
export async function writeReport(path: string, record: RunRecord, gallery: Gallery): Promise<void> {
  const title = `${record.name}: what the encoder learned`;
  await writeWhole(path, page({ title, styles, body: bodyOf(record, gallery) }));
}

function bodyOf(record: RunRecord, gallery: Gallery): Html {
  return html`<header>
<p class="eyebrow">Run “${record.name}”${record.date && html` · <time datetime="${record.date}">${record.date.slice(0, 10)}</time>`}</p>
<h1>What the encoder learned</h1>
<p class="lede">${opening(record)}</p>
</header>
<main>
${section('What it relies on', relianceTable(record), conflictGrids(record, gallery))}
${section('What it was shown', viewsGrid(gallery))}
${section('How it trained', trainingCharts(record))}
${section('What it can do', measureBars(record), measureTable(record))}
${section('What it finds', neighborsGrid(gallery))}
${section('The run', settingsList(record))}
</main>
<footer>${attribution(record, gallery)}</footer>`;
}

/** A part of the page; one without content is left out. */
function section(title: string, ...contents: (Html | undefined)[]): Html | undefined {
  return contents.some(Boolean) ? html`<section>\n<h2>${title}</h2>\n${contents}\n</section>` : undefined;
}

/** The run in a few sentences. */
function opening(record: RunRecord): Html {
  const [training] = record.trainings;
  const timed = training && Number.isFinite(training.seconds);
  return html`An encoder trained without labels${timed && ` for ${duration(training.seconds)}`}, on ${record.data}.
${relies(record)} ${result(record)}`;
}

/** What it relies on, in words, beside what it is compared with. */
function relies({ reliance, trainings }: RunRecord): string | false {
  const figures = reliance?.encoders[trainings[0]?.name];
  const baseline = reliance?.encoders[reliance.baseline];
  if (!figures?.shapeShare || !baseline?.shapeShare) return false;
  const times = (share: number) => Math.round(100 * share);
  const beside = `${reliance?.baseline} ${times(baseline.shapeShare.value)}, chance 50`;
  return `Shown the shape of one thing with the texture of another, it goes by the shape ${times(figures.shapeShare.value)} times in 100 (${beside}).`;
}

/** The most telling measure, in words, beside the baselines. */
function result(record: RunRecord): string | false {
  const column = columnsOf(record).find(({ name }) => name === '@10');
  const figures = featuresOf(record)
    .map((feature, i) => ({ feature, share: column?.values[i] ?? Number.NaN }))
    .filter(({ share }) => Number.isFinite(share));
  const [first, ...others] = figures.map(({ feature, share }) => ({ feature, times: Math.round(100 * share) }));
  if (!first) return false;
  const beside = list(others.map(({ feature, times }) => `${feature} ${times}`));
  return `Given one augmented view of a picture it never saw, it finds that picture among its first ten guesses ${first.times} times in 100${beside && ` (for comparison: ${beside})`}.`;
}
