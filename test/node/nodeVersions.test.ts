import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Other Nodes to try, `OTHER_NODES=/a/node22:/b/node24`; `npm i --prefix DIR node@24` brings one. Skipped without. */
const nodes = (process.env.OTHER_NODES ?? '').split(':').filter(Boolean);
const testEach = nodes.length > 0 ? test.each(nodes) : test.skip.each(['OTHER_NODES is not set']);

testEach('%s chooses a backend that works, and says why it skips tfjs-node where that does not', (node) => {
  const root = join(__dirname, '../..');
  const program = join(__dirname, 'support/chooseBackend.ts');
  const { stdout, stderr, status } = spawnSync(node, ['--import', 'tsx', program], { cwd: root, encoding: 'utf8' });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^backend: (tensorflow|wasm) /m);
  const version = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
  // tfjs-node 4.22 needs util.isNullOrUndefined, which Node 23 took away; where it is not installed, nothing is
  // reported.
  if (Number(version.split('.')[0]) >= 23) {
    expect(stdout).toMatch(/^backend: wasm /m);
    if (stdout.includes('skipped')) expect(stdout).toContain(`Node ${version} is too new for it, use Node 20 or 22`);
  }
});
