import { bind } from 'jest-each';
import { NotInTheBrowser } from './node';

/** What became of one test. */
export interface Outcome {
  name: string;
  state: 'passed' | 'failed' | 'skipped';
  milliseconds: number;
  /** The error's message and stack, or why the test was skipped. */
  reason?: string;
}

type Body = () => unknown;

interface Block {
  name: string;
  hooks: Record<Hook, Body[]>;
  children: (Block | Test)[];
}
interface Test {
  name: string;
  /** Absent from a test that is skipped where it stands. */
  body?: Body;
}
const hooks = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'] as const;
type Hook = (typeof hooks)[number];

const newBlock = (name: string): Block => ({
  name,
  hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] },
  children: [],
});

let current = newBlock('');

function describe(name: string, body: Body): void {
  const parent = current;
  current = newBlock(name);
  parent.children.push(current);
  try {
    body();
  } finally {
    current = parent;
  }
}
const test = (name: string, body: Body) => void current.children.push({ name, body });
const skip = (name: string) => void current.children.push({ name });

const each = (add: (name: string, body: Body) => void) => bind(add as Parameters<typeof bind>[0], false);
const tests = Object.assign(test, { each: each(test), skip: Object.assign(skip, { each: each(skip) }) });

/** jest's global functions, as far as the suite uses them. */
export const globals = {
  describe: Object.assign(describe, { each: each(describe) }),
  test: tests,
  it: tests,
  ...Object.fromEntries(hooks.map((hook) => [hook, (body: Body) => void current.hooks[hook].push(body)])),
};

/** Runs the tests that `load` registers, one after another, and says of each what became of it. */
export async function run(load: () => Promise<unknown>, report: (outcome: Outcome) => unknown): Promise<void> {
  current = newBlock('');
  await load();
  await runBlock(current, [], report);
}

async function runBlock(block: Block, ancestors: Block[], report: (outcome: Outcome) => unknown): Promise<void> {
  const path = [...ancestors, block];
  await callAll(block.hooks.beforeAll);
  for (const child of block.children) {
    if ('children' in child) await runBlock(child, path, report);
    else await report(await runTest(child, path));
  }
  await callAll(block.hooks.afterAll);
}

async function runTest({ name, body }: Test, path: Block[]): Promise<Outcome> {
  const fullName = [...path.map((block) => block.name), name].filter(Boolean).join(' › ');
  if (!body) return { name: fullName, state: 'skipped', milliseconds: 0, reason: 'not for this backend' };
  const start = performance.now();
  const outcome = (state: Outcome['state'], reason?: string): Outcome => ({
    name: fullName,
    state,
    milliseconds: performance.now() - start,
    reason,
  });
  try {
    for (const block of path) await callAll(block.hooks.beforeEach);
    try {
      await body();
    } finally {
      for (const block of [...path].reverse()) await callAll(block.hooks.afterEach);
    }
    return outcome('passed');
  } catch (error) {
    if (error instanceof NotInTheBrowser) return outcome('skipped', error.message);
    return outcome('failed', error instanceof Error ? `${error.message}\n${error.stack}` : String(error));
  }
}

async function callAll(bodies: Body[]): Promise<void> {
  for (const body of bodies) await body();
}
