import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../src/support/version';

test('the version that saved trainings carry is that of package.json', () => {
  const { version: published } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  expect(version).toBe(published);
});
