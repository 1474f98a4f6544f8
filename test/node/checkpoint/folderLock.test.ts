import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { lockFolder } from '../../../src/node/checkpoint/folderLock';
import { temporaryFolder } from '../support/temporaryFolder';

let mockAfterWrite = () => {};

// Hard links cannot be made, as on exFAT or a network mount.
jest.mock('node:fs/promises', () => ({
  ...jest.requireActual('node:fs/promises'),
  link: async () => {
    throw Object.assign(new Error('operation not permitted, link'), { code: 'EPERM' });
  },
  writeFile: async (...args: unknown[]) => {
    await jest.requireActual('node:fs/promises').writeFile(...args);
    mockAfterWrite();
  },
}));

const lockOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'lock'), 'utf8'));

/** Locks the folder in a worker thread; sends what came of it, and releases it on a message. */
function lockInThread(dir: string) {
  const url = pathToFileURL(join(__dirname, '../support/lockForever.ts'));
  const code = `
    require('tsx/cjs/api').register();
    require(${JSON.stringify(url.pathname)}).run(${JSON.stringify(dir)});
  `;
  const worker = new Worker(code, { eval: true });
  const next = () =>
    new Promise<string>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  return { worker, next };
}

test('works without hard links, and leaves nothing but the lock', async () => {
  const dir = join(temporaryFolder(), 'made', 'anew');
  const release = await lockFolder(dir);
  expect(readdirSync(dir)).toEqual(['lock']);
  expect(lockOf(dir)).toMatchObject({ pid: process.pid, threadId: 0 });
  await release();
  expect(readdirSync(dir)).toEqual([]);
  await (await lockFolder(dir))();
});

test('of many who try at once, one gets the folder', async () => {
  const dir = temporaryFolder();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(dir)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of tries) if (one.status === 'rejected') expect(one.reason.message).toContain('it is in use by');
});

test('of many who find a stale lock at once, one gets the folder', async () => {
  const dir = temporaryFolder();
  await (await lockFolder(dir))();
  writeFileSync(
    join(dir, 'lock'),
    JSON.stringify({ pid: 2 ** 22 + 1, host: 'x' }).replace('"x"', JSON.stringify(require('node:os').hostname())),
  );
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(dir)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(lockOf(dir).pid).toBe(process.pid);
  expect(readdirSync(dir)).toEqual(['lock']);
});

test('an interrupted takeover is no obstacle', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'lock');
  writeFileSync(path, '{"pid"');
  mkdirSync(`${path}.takeover`);
  for (const name of [path, `${path}.takeover`]) utimesSync(name, new Date(0), new Date(0));
  await (await lockFolder(dir))();
  expect(readdirSync(dir)).toEqual([]);
});

test('a process that was suspended while it wrote its lock does not hold it', async () => {
  const dir = temporaryFolder();
  mockAfterWrite = () => writeFileSync(join(dir, 'lock'), JSON.stringify({ pid: 7, host: 'elsewhere' }));
  await expect(lockFolder(dir)).rejects.toThrow('it is in use by process 7 on elsewhere');
  mockAfterWrite = () => {};
});

test('a thread of the same process learns who holds the folder, and gets it once it is released', async () => {
  const dir = temporaryFolder();
  const release = await lockFolder(dir);
  const first = lockInThread(dir);
  expect(await first.next()).toMatch(
    new RegExp(`it is in use by process ${process.pid} on .* since .*; if that is over`),
  );
  await first.worker.terminate();
  await release();

  const second = lockInThread(dir);
  expect(await second.next()).toBe('locked');
  expect(lockOf(dir)).toMatchObject({ pid: process.pid, threadId: second.worker.threadId });
  await expect(lockFolder(dir)).rejects.toThrow(
    `it is in use by thread ${second.worker.threadId} of process ${process.pid} on `,
  );
  second.worker.postMessage('release');
  expect(await second.next()).toBe('released');
  await second.worker.terminate();
  await (await lockFolder(dir))();
});

test('waits for a lock that is being written, and takes over one that was cut off', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'lock');
  writeFileSync(path, '');
  const waiting = lockFolder(dir).catch((error) => error.message);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const holder = { pid: process.pid, threadId: 7, host: 'elsewhere', birth: '', since: 'now' };
  writeFileSync(path, JSON.stringify(holder));
  expect(await waiting).toContain(`it is in use by thread 7 of process ${process.pid} on elsewhere`);

  writeFileSync(path, '{"pid"');
  utimesSync(path, new Date(0), new Date(0));
  const release = await lockFolder(dir);
  expect(lockOf(dir).pid).toBe(process.pid);
  await release();
});

test('takes over a lock of an earlier process with the same number', async () => {
  const dir = temporaryFolder();
  const release = await lockFolder(dir);
  const own = lockOf(dir);
  for (const stale of [{ birth: 'of another boot' }, { since: '2001-01-01T00:00:00.000Z' }]) {
    const other = temporaryFolder();
    writeFileSync(join(other, 'lock'), JSON.stringify({ ...own, ...stale }));
    await (await lockFolder(other))();
  }
  await release();
});

test('says why no lock can be written', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(lockFolder(join(file, 'run'))).rejects.toThrow(
    /^Cannot lock the folder ".*": a part of the path is not a folder\.$/,
  );
});
