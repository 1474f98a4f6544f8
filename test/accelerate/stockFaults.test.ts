import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stockFaults } from './stockFaults';

test('docs/backends.md shows the faults that the fuzz leaves out', () => {
  const docs = readFileSync(join(__dirname, '../../docs/backends.md'), 'utf8');
  for (const { backend, what } of stockFaults) expect(docs).toContain(`| ${backend} | ${what} |`);
});
