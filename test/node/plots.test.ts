import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHtml } from './support/parseHtml';
import { temporaryFolder } from './support/temporaryFolder';

type Place = [number, number];

const dir = temporaryFolder();
execFileSync(process.execPath, ['--import', 'tsx', join(__dirname, 'support/writePlots.ts'), dir]);
const svgOf = (name: string) =>
  parseHtml(readFileSync(join(dir, `${name}.svg`), 'utf8')).querySelector('svg') as Element;
const textsOf = (svg: Element) => [...svg.querySelectorAll('text')].map(({ textContent }) => textContent);
const maps: { labels: string[]; features: number[][] } & Record<'pca' | 'umap' | 'umapAgain' | 'umapOther', Place[]> =
  JSON.parse(readFileSync(join(dir, 'maps.json'), 'utf8'));

test.each([
  ['reliability', 'Accuracy by severity', ['MoCo v2', '+ patches', '0', '5']],
  ['shape-bias', 'Shape bias by class', ['MoCo v2', '+ patches', 'all', 'airplane', 'cat & dog', 'ship']],
  ['similarities', 'Similarity of the query', ['key', 'queue', 'to <patches>']],
  ['pca', 'Principal components', ['airplane', 'cat & dog', 'ship']],
  ['umap', 'UMAP', ['airplane', 'cat & dog', 'ship']],
])('%s is one picture that says what it is, and names what it shows', (name, title, texts) => {
  const svg = svgOf(name);
  expect(svg.getAttribute('role')).toBe('img');
  expect(svg.getAttribute('aria-label')).toBe(title);
  expect(textsOf(svg)).toEqual(expect.arrayContaining([title, ...texts]));
  expect(svg.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
});

test('dots stand at their figures: the accuracy that falls less is higher at the highest severity', () => {
  const dots = [...svgOf('reliability').querySelectorAll('g circle')].map((dot) => dot.getAttribute('cy'));
  expect(dots).toHaveLength(12); // six of each encoder
  expect(Number(dots[11])).toBeLessThan(Number(dots[5])); // y grows downwards
  expect(dots[6]).toBe(dots[0]);
});

test('the similarities have an outline for each kind, and a line at its mean', () => {
  const dashed = [
    ...svgOf('similarities').querySelectorAll('[stroke-dasharray="5 3"] line, line[stroke-dasharray="5 3"]'),
  ];
  const [key, queue, patches] = dashed.map((line) => Number(line.getAttribute('x1')));
  expect(queue).toBeLessThan(patches);
  expect(patches).toBeLessThan(key);
});

test('a map has one dot a row', () => {
  for (const name of ['pca', 'umap']) expect(svgOf(name).querySelectorAll('circle')).toHaveLength(maps.labels.length);
});

test.each(['pca', 'umap'] as const)('%s separates separate clusters', (method) => {
  const places = maps[method];
  const nearest = places.map(([x, y], i) => {
    const distances = places.map(([u, v], j) => (i === j ? Number.POSITIVE_INFINITY : Math.hypot(x - u, y - v)));
    return maps.labels[distances.indexOf(Math.min(...distances))];
  });
  expect(nearest.filter((label, i) => label !== maps.labels[i])).toHaveLength(0);
});

test('principal components are centered, uncorrelated, and no direction has more variance than the first', () => {
  const variance = (values: number[]) => values.reduce((sum, v) => sum + v * v, 0) / values.length;
  const [first, second] = [0, 1].map((i) => maps.pca.map((place) => place[i]));
  for (const coordinate of [first, second]) expect(coordinate.reduce((sum, v) => sum + v, 0)).toBeCloseTo(0, 6);
  expect(first.reduce((sum, v, i) => sum + v * second[i], 0) / first.length).toBeCloseTo(0, 6);
  const means = maps.features[0].map((_, j) => maps.features.reduce((sum, row) => sum + row[j], 0) / 90);
  const ofAxes = means.map((mean, j) => variance(maps.features.map((row) => row[j] - mean)));
  expect(variance(first)).toBeGreaterThan(Math.max(...ofAxes));
  expect(variance(first)).toBeGreaterThanOrEqual(variance(second));
});

test('UMAP is the same for the same seed, and another for another', () => {
  expect(maps.umapAgain).toEqual(maps.umap);
  expect(maps.umapOther).not.toEqual(maps.umap);
});
