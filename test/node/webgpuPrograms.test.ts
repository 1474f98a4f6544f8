import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { temporaryFolder } from './support/temporaryFolder';
import { makeTraining } from './support/training';

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const isInstalled = () => {
  try {
    return Boolean(createRequire(__filename).resolve('webgpu/package.json')) && existsSync(swiftShader);
  } catch {
    return false;
  }
};

// Only `.ci/run webgpu` installs Dawn, and SwiftShader comes with Debian's Chromium.
const onDawn = isInstalled() ? test : test.skip;

const program = (name: string, ...args: string[]) => [
  '--import',
  'tsx',
  join(__dirname, `support/${name}.ts`),
  ...args,
];
const options = {
  // An implicit layer, as Mesa's, writes to stderr where there is no desktop.
  env: { ...process.env, VK_DRIVER_FILES: swiftShader, VK_LOADER_LAYERS_DISABLE: '~implicit~' },
  encoding: 'utf8' as const,
  timeout: 200_000,
};

onDawn('a program trains on Dawn as on this backend, and ends by itself', async () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, program('trainOnWebGpu'), options);
  expect([status, stderr]).toEqual([0, '']);
  const { description, losses, leaked } = JSON.parse(stdout);
  expect(description).toMatch(/^backend: webgpu \(@tensorflow\/tfjs-backend-webgpu, .*in software/);
  const { model, elements } = makeTraining({ images: 16 });
  const { history } = await model.fitDataset(elements, { epochs: 1, verbose: 0 });
  expect(losses[0]).toBeCloseTo(history.loss[0] as number, 3);
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(leaked).toBe(0);
});

onDawn(
  'a training that is killed continues from its checkpoint, with the same result',
  async () => {
    const train = (dir: string) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, program('checkpointOnWebGpu', dir), options);
      expect([status, stderr]).toEqual([0, '']);
      return stdout.trim().split('\n');
    };
    const dir = temporaryFolder();
    const child = spawn(process.execPath, program('checkpointOnWebGpu', dir), options);
    for await (const output of child.stdout) if (`${output}`.includes('step 3')) break;
    child.kill('SIGKILL');
    await once(child, 'close');
    const resumed = train(dir);
    expect(Number(resumed[0].match(/^from step (\d+)$/)![1])).toBeGreaterThanOrEqual(2);
    const whole = train(temporaryFolder());
    expect(whole[0]).toBe('from step 0');
    expect(whole.at(-1)).toMatch(/^state \w{64}$/);
    expect(resumed.at(-1)).toBe(whole.at(-1));
  },
  600_000,
);
