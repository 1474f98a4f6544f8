import { readFileSync } from 'node:fs';
import { benchSections, graphPath, readmePath } from '../../bench/pages';
import { replaceSection } from '../../tools/sections';

test('the figures of speed are those of the committed results', () => {
  const { graph, readme } = benchSections();
  const pages = { [graphPath]: { 'graph speed': graph }, [readmePath]: { 'speed fact': readme } };
  for (const [path, sections] of Object.entries(pages)) {
    const text = readFileSync(path, 'utf8');
    for (const [name, content] of Object.entries(sections))
      expect(text).toBe(replaceSection(text, name, content, path));
  }
});
