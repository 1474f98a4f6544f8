const prefix = 'tfjs-graph-';

/** Returns Node's modules. They are looked up when needed, so that bundlers for browsers find none. */
function nodeModules() {
  if (!process.getBuiltinModule) throw new Error('it needs Node 20.16 or newer');
  const { tmpdir } = process.getBuiltinModule('node:os');
  return { fs: process.getBuiltinModule('node:fs'), tmpdir, join: process.getBuiltinModule('node:path').join };
}

/** Calls `use` with the path of a folder that holds one file, and removes it then. */
export function withTemporaryFile<T>(name: string, contents: Uint8Array, use: (folder: string) => T): T {
  const { fs, tmpdir, join } = nodeModules();
  removeLeftOver();
  const folder = fs.mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  try {
    fs.writeFileSync(join(folder, name), contents);
    return use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes the folders of processes that ended in the middle. */
function removeLeftOver(): void {
  const { fs, tmpdir, join } = nodeModules();
  for (const name of fs.readdirSync(tmpdir())) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (!Number.isInteger(owner) || isRunning(owner)) continue;
    fs.rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'; // It belongs to another user.
  }
}
