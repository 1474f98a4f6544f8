import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';

declare const BACKEND: string;

// Modules are loaded anew for each test, and tfjs warns of every kernel that it registers again.
beforeEach(() => void jest.spyOn(console, 'warn').mockImplementation());

afterEach(async () => {
  jest.restoreAllMocks();
  jest.resetModules();
  jest.dontMock('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(BACKEND);
});

/** Another package in place of one that may or may not be installed. */
const mock = (packageName: string, factory: () => object) => jest.doMock(packageName, factory, { virtual: true });

const notInstalled = (packageName: string) =>
  mock(packageName, () => {
    throw Object.assign(new Error(`Cannot find module '${packageName}' from here`), { code: 'MODULE_NOT_FOUND' });
  });

const withoutBinary = (packageName: string) =>
  mock(packageName, () => {
    throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /x.\nPlease run …');
  });

/** As tfjs-node does on Node 24: it loads, and fails at the first tensor. */
const failingAtFirstTensor = (packageName: string) =>
  mock(packageName, () => {
    class Failing extends tf.KernelBackend {
      override write(): object {
        throw new TypeError('(0 , util_1.isNullOrUndefined) is not a function');
      }
      override dispose(): void {}
    }
    tf.registerBackend('tensorflow', () => new Failing(), 3);
    return {};
  });

// Where the suite itself runs on tensorflow, this file must not replace its backend.
const testOffTensorflow = BACKEND === 'tensorflow' ? test.skip : test;

describe('a backend by name', () => {
  test('wasm has the kernels to train, is described in one line, and leaves no listener', async () => {
    const listeners = () => [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')];
    const before = listeners();
    const { name, description } = await chooseBackend('wasm');
    expect(name).toBe('wasm');
    expect(description).toMatch(
      /^backend: wasm \(@tensorflow\/tfjs-backend-wasm 4\.\d+\.\d+, SIMD(, accelerated training)?\)$/,
    );
    expect(tf.getBackend()).toBe('wasm');
    expect(listeners()).toEqual(before);
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeDefined();
  });

  test('cpu', async () => {
    const { name, description } = await chooseBackend('cpu');
    expect(name).toBe('cpu');
    expect(description).toMatch(
      /^backend: cpu \(@tensorflow\/tfjs-backend-cpu 4\.\d+\.\d+(, accelerated training)?\)$/,
    );
    expect(tf.getBackend()).toBe('cpu');
  });

  test.each(['tensorflow', 'webgl', '', null])('%p is not a backend', async (name) => {
    const choosing = chooseBackend(name as BackendName);
    await expect(choosing).rejects.toThrow(
      `Expected one of "tfjs-node-gpu", "webgpu", "tfjs-node", "wasm", "cpu" for option backend, received ${JSON.stringify(name)}.`,
    );
  });

  testOffTensorflow.each([
    ['tfjs-node', '@tensorflow/tfjs-node'],
    ['tfjs-node-gpu', '@tensorflow/tfjs-node-gpu'],
    ['wasm', '@tensorflow/tfjs-backend-wasm'],
  ] as const)('%s that is not installed: the error gives the npm i line', async (name, packageName) => {
    notInstalled(packageName);
    const choosing = chooseBackend(name);
    await expect(choosing).rejects.toThrow(
      `The backend ${name} needs the package ${packageName}, which is not installed: npm i ${packageName}.`,
    );
    await expect(choosing).rejects.toMatchObject({ name: 'PackageError', packageName, installed: false });
    expect(tf.getBackend()).toBe(BACKEND);
  });

  testOffTensorflow('tfjs-node without its binary, or on a Node too new: the error says so', async () => {
    withoutBinary('@tensorflow/tfjs-node');
    await expect(chooseBackend('tfjs-node')).rejects.toThrow(
      'needs the package @tensorflow/tfjs-node, which is installed but does not work: The Node.js native addon module',
    );
    jest.resetModules();
    failingAtFirstTensor('@tensorflow/tfjs-node');
    await expect(chooseBackend('tfjs-node')).rejects.toThrow(
      `which is installed but does not work: Node ${process.versions.node} is too new for it, use Node 20 or 22, or the`,
    );
    expect(tf.getBackend()).toBe(BACKEND);
    expect(tf.findBackendFactory('tensorflow')).toBeNull();
  });
});

describe('the best backend', () => {
  beforeEach(() => notInstalled('webgpu'));

  testOffTensorflow('silently skips what is not installed', async () => {
    notInstalled('@tensorflow/tfjs-node-gpu');
    notInstalled('@tensorflow/tfjs-node');
    const { name, description } = await chooseBackend();
    expect(name).toBe('wasm');
    expect(description).not.toMatch(/skipped|tfjs-node/);
  });

  testOffTensorflow('names what is installed but does not work', async () => {
    withoutBinary('@tensorflow/tfjs-node-gpu');
    failingAtFirstTensor('@tensorflow/tfjs-node');
    const { name, description } = await chooseBackend();
    expect(name).toBe('wasm');
    expect(description).toMatch(
      /^backend: wasm \(.*; skipped @tensorflow\/tfjs-node-gpu \(.*; skipped @tensorflow\/tfjs-node \(Node /,
    );
    expect(description).not.toContain('\n');
  });

  testOffTensorflow('throws where there is none', async () => {
    notInstalled('@tensorflow/tfjs-node-gpu');
    withoutBinary('@tensorflow/tfjs-node');
    notInstalled('@tensorflow/tfjs-backend-wasm');
    await expect(chooseBackend()).rejects.toThrow(
      /^chooseBackend, which skipped @tensorflow\/tfjs-node \(.*tfjs_binding.*\), needs the package @tensorflow\/tfjs-backend-wasm, which is not installed: npm i @tensorflow\/tfjs-backend-wasm\.$/,
    );
    expect(tf.getBackend()).toBe(BACKEND);
  });
});

describe('a program on wasm', () => {
  /** Runs it to its end; `interrupt` presses Ctrl-C once the backend is there. */
  async function run(then: string, interrupt = false) {
    const args = ['--import', 'tsx', join(__dirname, 'support', 'chooseBackend.ts'), 'wasm', then];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    if (interrupt) {
      await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
      child.kill('SIGINT');
    }
    const [code, signal] = await once(child, 'close');
    return { code, signal, errors };
  }

  test.each(['throw', 'reject'])('ending by a %s is reported as by Node itself', async (then) => {
    const { code, errors } = await run(then);
    expect(code).toBe(1);
    expect(errors).toContain('Error: of the program itself');
  });

  test('ends at Ctrl-C', async () => {
    expect(await run('wait', true)).toMatchObject({ code: null, signal: 'SIGINT' });
  });

  test('ends by itself', async () => {
    expect(await run('nothing')).toMatchObject({ code: 0, errors: '' });
  });
});
