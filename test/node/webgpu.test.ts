import { provideWebGpu } from '../../src/node/webgpu';

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
    'This test needs the package webgpu, which is installed but does not work: its only adapter computes on the CPU (A card).',
  );
  expect(scope.navigator).toBeUndefined();
  expect(await provideWebGpu('This test', true)).toBe('A card, in software, which is slower than wasm');
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
  await expect(provideWebGpu('This test', true)).rejects.toThrow('which is not installed: npm i webgpu.');
});
