import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { env, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import { expect } from 'expect';
import { ModuleMocker } from 'jest-mock';
import { reuseCanvases } from './readSync';
import { globals, type Outcome, run } from './runner';

declare global {
  interface Window {
    /** Starts the backend; false if the machine has none. */
    start(backend: string): Promise<boolean>;
    /** Runs a file of the suite. */
    runFile(file: string): Promise<void>;
    /** Takes the outcomes, one by one; provided by the host. */
    report(outcome: Outcome): Promise<void>;
  }
}

Object.assign(globalThis, globals, { expect, jest: new ModuleMocker(globalThis) });

window.start = async (name) => {
  const backend = name.replace(/16$/, '');
  if (backend !== name) env().set('WEBGL_FORCE_F16_TEXTURES', true);
  Object.assign(globalThis, { BACKEND: backend });
  const started = await setBackend(backend).catch(() => false);
  await ready();
  // Where there is no adapter, TensorFlow.js falls back to another backend without a word.
  if (!started || getBackend() !== backend) return false;
  if (backend === 'webgpu') reuseCanvases();
  return true;
};

window.runFile = (file) => run(() => import(`/${file}.test.js`), window.report);
