/**
 * The functions of Node's modules that are used. They are looked up when called, so that bundlers for browsers find
 * none.
 */
interface NodeModules {
  'node:fs': typeof import('node:fs');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
}

const prefix = 'tfjs-graph-';

function builtin<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  if (!process.getBuiltinModule) throw new Error('it needs Node 20.16 or newer');
  return process.getBuiltinModule(name) as NodeModules[Name];
}

/** Calls `use` with the path of a folder that holds one file, and removes it then. */
export function withTemporaryFile<T>(name: string, contents: Uint8Array, use: (folder: string) => T): T {
  const [fs, { tmpdir }, { join }] = [builtin('node:fs'), builtin('node:os'), builtin('node:path')];
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
  const [fs, { tmpdir }, { join }] = [builtin('node:fs'), builtin('node:os'), builtin('node:path')];
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
