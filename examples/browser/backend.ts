import * as tf from '@tensorflow/tfjs';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

const names = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WebAssembly', cpu: 'plain JavaScript' };
type Backend = keyof typeof names;

/** Brings what a backend needs; TensorFlow.js itself has WebGL and plain JavaScript. */
const load: Partial<Record<Backend, () => Promise<void>>> = {
  webgpu: async () => {
    await import('@tensorflow/tfjs-backend-webgpu');
  },
  wasm: async () => {
    const [{ setWasmPaths }, plain, simd, threaded] = await Promise.all([
      import('@tensorflow/tfjs-backend-wasm'),
      import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
      import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
      import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'),
    ]);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': plain.default,
      'tfjs-backend-wasm-simd.wasm': simd.default,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded.default,
    });
  },
};

/**
 * Starts the fastest backend that this browser has, and returns its name: WebGPU, else WebGL, else WebAssembly, else
 * plain JavaScript. `?backend=webgl` at the end of the page's address asks for another one first.
 */
export async function startBackend(): Promise<string> {
  const asked = new URLSearchParams(location.search).get('backend');
  const order = Object.keys(names) as Backend[];
  for (const backend of [...order.filter((name) => name === asked), ...order]) {
    if (await starts(backend)) {
      await accelerate(); // wasm cannot train without it
      return names[backend];
    }
  }
  throw new Error('No backend of TensorFlow.js starts in this browser.');
}

async function starts(backend: Backend): Promise<boolean> {
  // Without an adapter, tfjs would refuse only after a long list of warnings.
  if (backend === 'webgpu' && !(await navigator.gpu?.requestAdapter())) return false;
  try {
    await load[backend]?.();
    return (await tf.setBackend(backend)) && tf.getBackend() === backend;
  } catch {
    return false;
  }
}
