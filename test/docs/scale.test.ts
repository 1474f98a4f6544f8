import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// docs/scale.md and examples/scale-out repeat figures of the bench, and compute with them.

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/scale.md'), 'utf8');
const bench = (file: string) => readFileSync(join(root, 'bench/results', file), 'utf8');
const report = bench('bench.md');

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
  const measured = ['32 px, conv', '256 px, Res'].map((name) => rows(bench('bench-pipeline.md'), name)[0]);
  const cited = ['32 px, conv', '256 px, Res'].map((name) => rows(page, name)[0]);
  expect(cited.map(([name, rate]) => [`${name}, tfjs-node`, rate])).toEqual(measured.map((row) => [row[0], row[7]]));
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
});

test("so is ResNet-18's step beside PyTorch's", () => {
  const what =
    'MoCo + patch negative step, ResNet-18, 64 px, batch 64, K 16384 | tfjs-node, one graph a step, checked / P';
  const [[, , ratio]] = rows(bench('bench-step-resnet.md'), what);
  expect(page).toContain(`takes ${ratio.split(' ')[0]} times PyTorch's`);
});

test('and the times of textures, from which the hours of ImageNet-1k follow', () => {
  const readme = readFileSync(join(root, 'examples/scale-out/README.md'), 'utf8');
  const names = { 'tfjs-node, ': 'tensorflow ', 'wasm, ': 'wasm ', 'Embark texture-synthesis 0.8.3': 'Embark' };
  for (const [cited, measured] of Object.entries(names)) {
    const times = rows(bench('textures-textures.md').split('Time,')[1], measured).map(([, time]) => time);
    const found = rows(readme, cited);
    expect(found.length).toBeGreaterThan(0);
    for (const [i, [, time, hours]] of found.entries()) {
      expect(`${time} ms`).toBe(times[i]);
      const expected = (Number(time) * 1281.167) / 3600;
      expect(hours).toBe(`${expected < 10 ? expected.toFixed(1) : expected.toFixed(0)} h`);
    }
  }
});
