import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchNormalization, convEncoder, restoreTraining } from 'tfjs-nonsemantic-negatives';
import { parseAllDocuments } from 'yaml';
import { encodeSafetensors, readSafetensors } from '../../examples/support/safetensors';
import { fromStored, toStored } from '../../examples/to-pytorch/state';
import { temporaryFolder } from './support/temporaryFolder';
import { artifactsOf, example, makeModel, python, side, testWithPytorch, train } from './support/toPytorch';
import { photos, run } from './textures/command';

// The files of examples/scale-out: that they parse, that what they call exists, and that it takes their options.

const root = join(__dirname, '../..');
const folder = join(root, 'examples/scale-out');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const files = readdirSync(folder).filter((name) => !name.endsWith('.md'));

/** Runs a script of the folder from the root, with programs of these names in place of the cluster's. */
function runScript(
  name: string,
  args: string[],
  programs: { [name: string]: string },
  env: { [name: string]: string },
) {
  const bin = temporaryFolder();
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, program), 0o755);
  }
  const { status, stdout, stderr } = spawnSync('sh', [join(folder, name), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env, PATH: `${bin}:${process.env.PATH}` },
  });
  expect(status === 0 ? '' : stderr).toBe('');
  return stdout;
}

/** The options of the commands in a file, without comments and other programs' options. */
function optionsOf(name: string, after: string): string[] {
  const code = read(name)
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\n/g, ' ');
  const line = code.split('\n').find((line) => line.includes(after));
  if (line === undefined) throw new Error(`Expected ${after} in ${name}.`);
  return line.slice(line.indexOf(after)).match(/--[a-z-]+/g) ?? [];
}

const manifests = Object.fromEntries(
  files.filter((name) => name.endsWith('.yaml')).map((name) => [name, [...parseAllDocuments(read(name))]]),
);

test.each(files.filter((name) => name.endsWith('.sh')))('%s is a shell script', (name) => {
  expect(spawnSync('sh', ['-n', join(folder, name)], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test.each(Object.keys(manifests))('%s is an Indexed Job that knows its number of pods', (name) => {
  expect(manifests[name].flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  const objects = manifests[name].map((document) => document.toJS());
  const { spec } = objects.find(({ kind }) => kind === 'Job');
  const pod = spec.template.spec;
  const [{ args, env = [], volumeMounts }] = pod.containers;
  expect(spec).toMatchObject({ completionMode: 'Indexed', parallelism: spec.completions });
  const count =
    args[0].match(/--nnodes (\d+)/)?.[1] ??
    env.find(({ name }: { name: string }) => name === 'JOB_COMPLETION_COUNT').value;
  expect(Number(count)).toBe(spec.completions);
  const names = (entries: { name: string }[]) => entries.map(({ name }) => name).sort();
  expect(names(pod.volumes)).toEqual(names(volumeMounts));
  for (const service of objects.filter(({ kind }) => kind === 'Service')) {
    const job = objects.find(({ kind }) => kind === 'Job').metadata.name;
    expect(service.spec.selector).toEqual({ 'job-name': job });
    expect([pod.subdomain, args[0]]).toEqual([
      service.metadata.name,
      expect.stringContaining(`--master-addr ${job}-0.${service.metadata.name} `),
    ]);
  }
});

test.each(['textures.kubernetes.yaml', 'textures.slurm.sh', 'textures.parallel.sh'])(
  '%s calls textures with its options',
  async (name) => {
    const { stdout } = await run(['--help']);
    const options = optionsOf(name, 'tfjs-nonsemantic-negatives textures');
    expect(options).toContain('--workers');
    for (const option of options) expect(stdout).toContain(`${option} `);
  },
);

test('features.slurm.sh calls evaluate with its options and the part of its task', () => {
  const { evaluate } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  expect(existsSync(join(root, evaluate.split(' ').at(-1)))).toBe(true);
  const task = { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_COUNT: '64' };
  const called = runScript('features.slurm.sh', ['E', 'R', 'F'], { npm: 'echo "$@"' }, task);
  expect(called.trim()).toBe('run evaluate -- --encoder E --images R --features F --shard 3/64');
  const usage = readFileSync(join(root, 'examples/evaluate/options.ts'), 'utf8');
  for (const option of optionsOf('features.slurm.sh', 'evaluate --'))
    if (option !== '--') expect(usage).toContain(`${option} `);
});

describe('the training (skipped without PyTorch in .cache/pytorch)', () => {
  testWithPytorch.each(['train.kubernetes.yaml', 'train.slurm.sh'])(
    '%s calls torchrun and train.py with their options',
    (name) => {
      const help = (args: string[]) => spawnSync(python!, [...args, '--help'], { encoding: 'utf8' }).stdout;
      const own = optionsOf(name, 'to-pytorch/train.py');
      const all = optionsOf(name, 'torchrun');
      expect(own).toContain('--resume');
      const usage = help([join(example, 'train.py')]);
      for (const option of own) expect(usage).toContain(option);
      const launcher = help(['-m', 'torch.distributed.run']);
      for (const option of all.slice(0, all.length - own.length)) expect(launcher).toContain(option);
    },
  );

  testWithPytorch(
    'train.slurm.sh trains by two processes, continues after it was stopped, and comes home',
    async () => {
      const make = () => convEncoder({ inputShape: [side, side, 3], filters: [4, 6], batchNormalization });
      const model = makeModel(make);
      await train(model, 0, 1);
      const artifacts = await artifactsOf(model, 1);
      const dir = temporaryFolder();
      const file = (name: string) => join(dir, name);
      writeFileSync(file('moco.safetensors'), encodeSafetensors(toStored(artifacts)));
      const programs = {
        scontrol: 'echo localhost',
        srun: 'exec "$@"',
        torchrun: `exec ${python} -W ignore -m torch.distributed.run "$@"`,
      };
      const job = { SLURM_JOB_NODELIST: 'localhost', SLURM_NNODES: '1', SLURM_GPUS_ON_NODE: '2', SLURM_JOB_ID: '7' };
      const options = ['--images', await photos(16), '--batch-size', '4', '--workers', '0'];
      const train3 = (steps: string) => {
        const args = [file('moco.safetensors'), file('trained.safetensors'), ...options, '--steps', steps];
        return runScript('train.slurm.sh', args, programs, { ...job, OMP_NUM_THREADS: '1' }).match(/"step": \d+/g);
      };
      expect(train3('2')?.sort()).toEqual(['"step": 1', '"step": 1', '"step": 2', '"step": 2']);
      expect(train3('3')).toEqual(['"step": 3', '"step": 3']);
      const home = fromStored(artifacts, readSafetensors(file('trained.safetensors')));
      expect(await restoreTraining({ model: makeModel(make) }, home)).toMatchObject({ epoch: 2, batch: 0, step: 4 });
    },
  );
});

test.each(files)('%s names files that exist', (name) => {
  for (const [path] of read(name).matchAll(/examples\/[\w/.-]+\.(?:py|sh|ts)/g))
    expect([path, existsSync(join(root, path))]).toEqual([path, true]);
});
