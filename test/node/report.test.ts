import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import sharp from 'sharp';
import type { Gallery, RunRecord } from '../../examples/quickstart/record';
import { pngDataUri } from '../../examples/quickstart/report/thumbnails';
import { parseHtml } from './support/parseHtml';
import { gallery, measuresFrom, record, reliance, training, wildCaption } from './support/runRecord';
import { folderOf } from './support/temporaryFolder';

/** Writes a report, and reads the page back. */
function render(run: RunRecord, pictures: Gallery) {
  const dir = folderOf({ run: serialize({ record: run, gallery: pictures }) });
  const path = join(dir, 'report.html');
  execFileSync(process.execPath, [
    '--import',
    'tsx',
    join(__dirname, 'support/writeReport.ts'),
    join(dir, 'run'),
    path,
  ]);
  const source = readFileSync(path, 'utf8');
  const document = parseHtml(source);
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const texts = (selector: string) => all(selector).map(({ textContent }) => textContent?.trim());
  return { source, document, all, texts };
}

const full = render(record, gallery);

describe('the page', () => {
  test('needs neither the network nor JavaScript', () => {
    const asking =
      'script, link, iframe, object, embed, video, audio, source, [srcset], [onload], [onclick], image, use';
    expect(full.all(asking)).toEqual([]);
    expect(full.all('[src]').map((element) => element.getAttribute('src')?.slice(0, 15))).toEqual(
      Array(13 + 10 + 10 + 6).fill('data:image/png;'),
    );
    expect(full.all('[href]').every((element) => element.localName === 'a' && element.closest('footer'))).toBe(true);
    expect(full.source).not.toMatch(/url\(|@import/);
  });

  test('escapes what it is given', () => {
    expect(full.source).not.toContain('<script');
    expect(full.texts('.beside th.name')).toEqual([wildCaption, 'red apple']);
    expect(full.all('.nearest th.query img').map((element) => element.getAttribute('alt'))).toEqual(
      Array(2).fill(wildCaption),
    );
    expect(full.document.title).toBe('a <run> & "more": what the encoder learned');
  });

  test('never shows an unmeasured value as a figure', () => {
    expect(full.source).not.toMatch(/NaN|undefined|null|\[object|Infinity/);
  });

  test('gives the settings, the backend, the time it took and the source of the pictures', () => {
    const [names, values] = [full.texts('dt'), full.texts('dd')];
    expect(Object.fromEntries(names.map((name, i) => [name, values[i]]))).toEqual({
      backend: 'wasm (4.22.0, 2 threads)',
      data: record.data,
      encoder: 'stride-2 convolutions 16-32',
      'learning rate': '0.06',
      'weight decay': '0.0001',
      'queue size': '1,024',
      'training with patch negatives': '1 min 23 s, 244 images/s',
      'training plain MoCo': '1 min 23 s, 244 images/s',
    });
    const [footer] = full.texts('footer');
    for (const part of ['Fluent Emoji by Microsoft', 'MIT', '@lobehub/fluent-emoji-3d', 'OpenMoji', 'CC BY-SA 4.0'])
      expect(footer?.replace(/\s+/g, ' ')).toContain(part);
  });

  test('gives every picture an alternative text, and every figure a caption', () => {
    expect(full.all('img').every((element) => element.getAttribute('alt'))).toBe(true);
    expect(full.all('figure').every((element) => element.querySelector('figcaption')?.textContent)).toBe(true);
    const looseCharts = full.all('svg').filter((svg) => !svg.closest('[role=img][aria-label], [aria-hidden]'));
    expect(looseCharts).toEqual([]);
  });
});

describe('the first screen', () => {
  test('is what the encoder relies on, beside what it is compared with, and chance', () => {
    expect(full.texts('h2')[0]).toBe('What it relies on');
    expect(full.texts('.reliance thead th').slice(1)).toEqual([
      ...['with patch negatives', 'plain MoCo', 'untrained', 'raw pixels', 'difference', 'chance'],
    ]);
    const rows = full.all('.reliance tbody tr').map((row) => [...row.children].map((cell) => cell.textContent?.trim()));
    expect(rows.map(([title]) => title?.slice(0, 7))).toEqual(['Shape o', 'Silhoue', 'Edgesfo', 'Texture', 'Shuffle']);
    expect(rows[0].slice(1)).toEqual([
      ...['70.065.0 … 75.0', '60.055.0 … 65.0', '50.045.0 … 55.0', '40.035.0 … 45.0', '+3.0-2.0 … +8.0', '50.0'],
    ]);
    expect(full.texts('.lede')[0]).toContain('it goes by the shape 70 times in 100 (plain MoCo 60, chance 50)');
  });

  test('marks differences whose interval is without 0', () => {
    // 3, 4, 5, 6 and 7 points, 5 to either side; an interval that begins at 0 is not without it.
    expect(full.texts('.reliance strong')).toEqual(['+6.0', '+7.0']);
  });

  test('shows which of the two each arm takes a cue conflict for', () => {
    const lines = full
      .all('.conflicts:not(.conflicts + .conflicts) tr')
      .map((row) => [...row.children].map((cell) => cell.textContent?.trim()));
    expect(lines.slice(3)).toEqual([
      ['with patch negatives takes it for', 'shape', 'texture', 'neither'],
      ['plain MoCo takes it for', 'texture', 'shape', 'neither'],
    ]);
    const alternatives = full
      .all('.conflicts:not(.conflicts + .conflicts) tr:nth-child(4) img')
      .map((image) => image.getAttribute('alt'));
    expect(alternatives).toEqual([`${wildCaption}, by shape`, 'red apple, by texture']);
  });

  test('shows on which cue conflicts the two arms differ, and on how many', () => {
    expect(full.all('.conflicts + .conflicts tr:nth-child(4) td').map((cell) => cell.textContent?.trim())).toEqual([
      'shape',
      'texture',
    ]);
    expect(full.texts('.conflicts + .conflicts figcaption')[0]?.replace(/\s+/g, ' ')).toBe(
      'The first 2 of the 1,200 on which with patch negatives and plain MoCo differ.',
    );
  });
});

describe('the table of measures', () => {
  test('has a row for each set of features, trained ones first, and a column for each measure', () => {
    expect(full.texts('.measures:not(.reliance) thead tr:last-child th')).toEqual([
      'Features',
      '@1',
      '@10',
      'Fluent 3D',
      'OpenMoji color',
      'OpenMoji color @1',
      'OpenMoji color @10',
    ]);
    const rows = full
      .all('.measures:not(.reliance) tbody tr')
      .map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ['with patch negatives', '40.0', '41.0', '42.0', '43.0', '44.0', '45.0'],
      ['plain MoCo', '70.0', '–', '32.0', '33.0', '34.0', '35.0'],
      ['untrained', '10.0', '11.0', '12.0', '13.0', '14.0', '15.0'],
      ['raw pixels', '20.0', '21.0', '22.0', '23.0', '24.0', '25.0'],
    ]);
  });

  test('marks the best of each column', () => {
    expect(full.texts('.measures:not(.reliance) strong')).toEqual(['41.0', '42.0', '43.0', '44.0', '45.0', '70.0']);
  });

  test('comes with the same figures as bars', () => {
    const words = full.all('[role=img]').map((chart) => chart.getAttribute('aria-label'));
    expect(words).toContain(
      'Recall from one view. @1, with patch negatives: 40.0%. @1, plain MoCo: 70.0%. @1, untrained: 10.0%. ' +
        '@1, raw pixels: 20.0%. @10, with patch negatives: 41.0%. @10, untrained: 11.0%. @10, raw pixels: 21.0%.',
    );
  });
});

describe('the charts', () => {
  test('show the curves of both trainings, and no similarity to negatives where there are none', () => {
    expect(full.texts('.curves h3')).toEqual([
      'Loss',
      'Contrastive accuracy',
      'Learning rate',
      'Similarity of the query, with patch negatives',
      'Similarity of the query, plain MoCo',
    ]);
    const legends = full.all('.curves .legend').map((legend) => [...legend.children].map((entry) => entry.textContent));
    expect(legends.slice(-2)).toEqual([
      ['to its key', 'to the queue', 'to its patches'],
      ['to its key', 'to the queue'],
    ]);
  });

  test('are well-formed SVG', async () => {
    const charts = full.all('.chart svg').map((svg) => svg.outerHTML);
    expect(charts).toHaveLength(8);
    for (const chart of charts) {
      // librsvg reads strict XML: it refuses what is not closed or not escaped.
      const drawn = await sharp(
        Buffer.from(chart.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')),
      ).metadata();
      expect([drawn.format, drawn.width]).toEqual(['svg', 340]);
    }
  });
});

describe('the neighbors', () => {
  test('mark the same concept by sign, frame and words', () => {
    const same = full.all('.nearest td.same');
    expect(same).toHaveLength(1);
    expect(same[0].querySelector('.check')).not.toBeNull();
    expect(same[0].querySelector('img')?.getAttribute('alt')).toBe(`${wildCaption}, the same concept`);
  });
});

describe('parts that a run lacks are left out', () => {
  const own: RunRecord = {
    ...record,
    data: 'photos: 10 pictures to train on, 3 held out',
    reliance: undefined,
    trainings: [{ ...training('plain MoCo', Number.NaN), seconds: Number.NaN }],
    measures: { 'plain MoCo': { ...measuresFrom(0.3), knnOfGroup: {}, recallAcross: {} } },
  };
  const neighbors = gallery.neighbors.slice(0, 1).map((row) => ({ ...row, domain: 'photos' }));

  test('labels, shifted domains, negatives', () => {
    const page = render(own, { views: gallery.views.map((row) => ({ ...row, negatives: [] })), neighbors });
    expect(page.texts('.measures thead th')).toEqual(['Recall from one view', 'Features', '@1', '@10']);
    expect(page.texts('.beside thead th')).toEqual(['Image', 'Query', 'Key']);
    expect(page.texts('.curves h3')).toHaveLength(4);
    expect(page.texts('footer')).toEqual(['']);
    expect(page.source).not.toMatch(/NaN|[Pp]atches of|mark the same concept|rendering, which/);
  });

  test('cues that boxes do not have', () => {
    const { shapeShare: _, ...encoder } = reliance.encoders['with patch negatives'];
    const { silhouettes: __, ...recall } = encoder.recall;
    const encoders = { 'plain MoCo': { ...encoder, recall } };
    const page = render(
      { ...own, reliance: { ...reliance, conflicts: 0, encoders, differences: {} } },
      { views: [], neighbors: [], conflicts: [] },
    );
    expect(page.texts('.reliance tbody th').map((title) => title?.slice(0, 5))).toEqual(['Edges', 'Textu', 'Shuff']);
    expect(page.texts('.reliance thead th').slice(1)).toEqual(['plain MoCo', 'chance']);
    expect(page.all('.conflicts')).toEqual([]);
    expect(page.source).not.toMatch(/NaN|undefined|over texture/);
  });

  test('everything that is drawn', () => {
    const page = render({ ...own, trainings: [], measures: {} }, { views: [], neighbors: [] });
    expect(page.texts('h2')).toEqual(['The run']);
  });
});

describe('pngDataUri()', () => {
  const decode = async (uri: string) => {
    const png = Buffer.from(uri.replace('data:image/png;base64,', ''), 'base64');
    return sharp(png).raw().toBuffer({ resolveWithObject: true });
  };

  test('keeps the pixels of a small picture', async () => {
    const pixels = Uint8Array.from({ length: 5 * 5 * 3 }, (_, i) => (i * 37) % 256);
    const { data, info } = await decode(await pngDataUri(pixels, 5));
    expect([info.width, info.height, info.channels]).toEqual([5, 5, 3]);
    expect([...data]).toEqual([...pixels]);
  });

  test('makes a large picture smaller', async () => {
    const { info } = await decode(await pngDataUri(new Uint8Array(224 * 224 * 3).fill(9), 224));
    expect([info.width, info.height]).toEqual([128, 128]);
  });
});
