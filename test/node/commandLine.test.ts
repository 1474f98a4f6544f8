import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usageOf } from '../../examples/support/commandLine';

// The command lines of the examples and of the bench.

const root = join(__dirname, '../..');

function run(file: string, ...args: string[]) {
  const options = ['--import', 'tsx', join(root, file), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const programs = [
  'examples/byol/byol.ts',
  'examples/cifar10/cifar10.ts',
  'examples/corruptions/corruptions.ts',
  'examples/from-pytorch/fromPytorch.ts',
  'examples/gallery/gallery.ts',
  'examples/reproduce/reproduce.ts',
  'examples/simclr/simclr.ts',
  'examples/to-pytorch/toPytorch.ts',
  'bench/main.ts',
  'bench/textures/main.ts',
];

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The command that starts a program: its script in package.json, if it has one. */
function commandOf(file: string): string {
  const [script] = Object.entries<string>(scripts).find(([, command]) => command.endsWith(file)) ?? [];
  return script ? `npm run ${script} -- ` : file;
}

test.each(programs)('%s says at its top how to run it, which is what --help prints', (file) => {
  const usage = usageOf(pathToFileURL(join(root, file)).href);
  expect(usage).toContain(commandOf(file));
  expect(usage).not.toMatch(/^(\/\/| \*)/m);
  expect(readFileSync(join(root, file), 'utf8')).toMatch(/readCommandLine\(\s*usageOf\(import\.meta\.url\),/);
});

test.each(['examples/evaluate/evaluate.ts', 'examples/quickstart/quickstart.ts', 'examples/simclr/simclr.ts'])(
  '%s --help prints how to run it, and ends the program',
  (file) => {
    const { status, stdout, stderr } = run(file, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(commandOf(file));
    expect(stdout).not.toMatch(/^(\/\/| \*)/m);
  },
  60_000,
);

test.each([
  ['examples/reproduce/reproduce.ts', ['--unknown'], "Unknown option '--unknown'."],
  ['examples/reproduce/reproduce.ts', ['more'], "Unexpected argument 'more'."],
  [
    'examples/reproduce/reproduce.ts',
    ['--only', 'more'],
    'Expected one of cifar10, reliance, small-nets, tiny-imagenet for --only, received more.',
  ],
  ['examples/quickstart/quickstart.ts', ['--size', '8'], 'Expected a number of at least 16 for --size, received 8.'],
  ['examples/evaluate/evaluate.ts', ['--encoder', 'DIR'], 'Expected a folder for --images, received none.'],
  ['bench/main.ts', ['--rounds'], "Option '--rounds <value>' argument missing."],
])(
  '%s %j: one line says what is wrong',
  (file, args, line) => {
    const { status, stdout, stderr } = run(file, ...args);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: `${line} --help says how to run it.\n`,
    });
  },
  60_000,
);
