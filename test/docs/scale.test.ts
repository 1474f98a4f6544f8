import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// docs/scale.md repeats figures of the bench, and computes with them.

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/scale.md'), 'utf8');
const report = readFileSync(join(root, 'bench/results/bench.md'), 'utf8');

/** The cells of a table's rows that begin so. */
const rows = (text: string, first: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`| ${first}`))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('the rates are those of the bench, and the hours follow from them', () => {
  const measured = rows(report, 'JPEG');
  const cited = rows(page, 'JPEG');
  expect(cited.map(([name, rate]) => [name, rate])).toEqual(measured.map((row) => [row[0], row[4]]));
  for (const [, rate, ...hours] of cited)
    for (const [i, images] of [50_000, 1_281_167].entries())
      expect(hours[i]).toBe(`${Number(((200 * images) / Number(rate) / 3600).toPrecision(3))} h`);
});

test('so are the peaks of memory', () => {
  const [[, ...peaks]] = rows(page, 'MB');
  const growth = report.slice(report.indexOf('## Growth'));
  const settings = ['32', '256', '65536', '224'];
  // The first is both the batch and the size of 32 px: the row of that size.
  const measured = settings.map((setting) => rows(growth, `${setting} |`).at(-1)![3]);
  expect(peaks).toEqual(measured);
  const [resNet] = rows(
    report,
    'MoCo + patch negative step, ResNet-18, 64 px, batch 64, K 16384 | tfjs-node / PyTorch',
  );
  expect(page).toContain(`takes ${resNet[2].split(' ')[0]} times PyTorch's`);
});
