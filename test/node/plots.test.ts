import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHtml } from './support/parseHtml';
import { temporaryFolder } from './support/temporaryFolder';

const dir = temporaryFolder();
execFileSync(process.execPath, ['--import', 'tsx', join(__dirname, 'support/writePlots.ts'), dir]);
const svgOf = (name: string) =>
  parseHtml(readFileSync(join(dir, `${name}.svg`), 'utf8')).querySelector('svg') as Element;
const textsOf = (svg: Element) => [...svg.querySelectorAll('text')].map(({ textContent }) => textContent);
test.each([
  ['reliability', 'Accuracy by severity', ['MoCo v2', '+ patches', '0', '5']],
  ['shape-bias', 'Shape bias by class', ['MoCo v2', '+ patches', 'all', 'airplane', 'cat & dog', 'ship']],
])('%s is one picture that says what it is, and names what it shows', (name, title, texts) => {
  const svg = svgOf(name);
  expect(svg.getAttribute('role')).toBe('img');
  expect(svg.getAttribute('aria-label')).toBe(title);
  expect(textsOf(svg)).toEqual(expect.arrayContaining([title, ...texts]));
  expect(svg.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
});

test('dots stand at their figures: the accuracy that falls less is higher at the greatest severity', () => {
  const dots = [...svgOf('reliability').querySelectorAll('g circle')].map((dot) => dot.getAttribute('cy'));
  expect(dots).toHaveLength(12); // six of each encoder
  expect(Number(dots[11])).toBeLessThan(Number(dots[5])); // y grows downwards
  expect(dots[6]).toBe(dots[0]);
});
