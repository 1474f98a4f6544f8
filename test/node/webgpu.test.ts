import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { provideWebGpu } from '../../src/node/webgpu';
import { makeTraining } from './support/training';

type Scope = { navigator?: { gpu?: unknown }; GPUBufferUsage?: unknown };
const scope = globalThis as Scope;
const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
const info = { vendor: 'maker', architecture: 'new', device: '', description: 'A card' };

/** A package `webgpu` whose adapter is this. */
const install = (adapter: object | null) =>
  jest.doMock(
    'webgpu',
    () => ({ create: () => ({ requestAdapter: async () => adapter }), globals: { GPUBufferUsage: 1 } }),
    {
      virtual: true,
    },
  );

beforeEach(() => void Reflect.deleteProperty(globalThis, 'navigator'));
afterEach(() => {
  jest.resetModules();
  jest.dontMock('webgpu');
  Reflect.deleteProperty(globalThis, 'navigator');
  Reflect.deleteProperty(globalThis, 'GPUBufferUsage');
  if (before) Object.defineProperty(globalThis, 'navigator', before);
});

test('gives the process a GPU and says its name', async () => {
  install({ info });
  expect(await provideWebGpu('This test', false)).toBe('A card');
  expect(scope.navigator?.gpu).toBeDefined();
  expect(scope.GPUBufferUsage).toBe(1);
});

test.each([
  [{ ...info, description: '' }, 'maker new'],
  [{ ...info, description: '', device: 'the device' }, 'the device'],
])('%j: the error says %s', async (given, name) => {
  install({ info: given });
  expect(await provideWebGpu('This test', false)).toBe(name);
});

test("keeps Node's own navigator, and an existing GPU", async () => {
  const own = { language: 'en' };
  Object.defineProperty(globalThis, 'navigator', { value: own, configurable: true });
  install({ info });
  await provideWebGpu('This test', false);
  expect(scope.navigator).toBe(own);
  const { gpu } = scope.navigator as { gpu: unknown };
  install({ info: { ...info, description: 'Another' } });
  expect(await provideWebGpu('This test', false)).toBe('A card');
  expect(scope.navigator?.gpu).toBe(gpu);
});

test('takes a software adapter only on request', async () => {
  install({ info: { ...info, isFallbackAdapter: true } });
  await expect(provideWebGpu('This test', false)).rejects.toThrow(
    'This test needs the package webgpu, which is installed but does not work: its only adapter computes on the CPU (A card)',
  );
  expect(scope.navigator).toBeUndefined();
  expect(await provideWebGpu('This test', true)).toBe('A card, in software');
});

test('says that there is no GPU', async () => {
  install(null);
  await expect(provideWebGpu('This test', true)).rejects.toThrow('it finds no GPU, or no driver');
  expect(scope.navigator).toBeUndefined();
});

test('says that the package is not installed', async () => {
  jest.doMock(
    'webgpu',
    () => {
      throw Object.assign(new Error("Cannot find module 'webgpu' from here"), { code: 'MODULE_NOT_FOUND' });
    },
    { virtual: true },
  );
  await expect(provideWebGpu('This test', true)).rejects.toThrow('which is not installed: npm i webgpu');
});

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const isInstalled = () => {
  try {
    return Boolean(createRequire(__filename).resolve('webgpu/package.json')) && existsSync(swiftShader);
  } catch {
    return false;
  }
};

(isInstalled() ? test : test.skip)('a program trains on Dawn as on this backend, and ends by itself', async () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'support/trainOnWebGpu.ts')],
    {
      env: { ...process.env, VK_DRIVER_FILES: swiftShader },
      encoding: 'utf8',
      timeout: 100_000,
    },
  );
  expect([status, stderr]).toEqual([0, '']);
  const { description, losses, leaked } = JSON.parse(stdout);
  expect(description).toMatch(/^backend: webgpu \(@tensorflow\/tfjs-backend-webgpu, .*in software/);
  const { model, elements } = makeTraining({ images: 16 });
  const { history } = await model.fitDataset(elements, { epochs: 1, verbose: 0 });
  expect(losses[0]).toBeCloseTo(history.loss[0] as number, 3);
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(leaked).toBe(0);
});
