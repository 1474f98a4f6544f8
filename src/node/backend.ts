import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from '../accelerate';
import { ArgumentError, describe } from '../support/errors';
import { errorMessage, failureReason } from './files/fileError';
import { keepListeners } from './keepListeners';
import { importOptional, PackageError } from './optionalPackage';
import { provideWebGpu } from './webgpu';
import { readThroughBuffers } from './webgpuReads';

/** The backends of Node, the fastest first. */
export type BackendName = 'tfjs-node-gpu' | 'webgpu' | 'tfjs-node' | 'wasm' | 'cpu';

/** The backend that was chosen. */
export interface ChosenBackend {
  /** The name that was chosen, as option `--backend` takes it. */
  name: BackendName;
  /**
   * A line to print at start: `backend: tensorflow (@tensorflow/tfjs-node 4.22.0, CPU)`, and backends that do not work.
   */
  description: string;
}

interface Candidate {
  packageName: string;
  /** tfjs's name of the backend. */
  backend: 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';
}

const candidates: Record<BackendName, Candidate> = {
  'tfjs-node-gpu': { packageName: '@tensorflow/tfjs-node-gpu', backend: 'tensorflow' },
  webgpu: { packageName: '@tensorflow/tfjs-backend-webgpu', backend: 'webgpu' },
  'tfjs-node': { packageName: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  wasm: { packageName: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
  cpu: { packageName: '@tensorflow/tfjs-backend-cpu', backend: 'cpu' },
};

/** What `--backend` options take. */
export const backendNames = Object.keys(candidates) as BackendName[];

/** Tried in this order: a GPU comes before the CPU. `cpu` is missing, being too slow to train on by accident. */
const automatic: readonly BackendName[] = ['tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm'];

/**
 * Loads and sets the best tfjs backend that is installed: tfjs-node-gpu, else webgpu on a real GPU, else tfjs-node,
 * else wasm. `accelerate()` then adds the training kernels that it lacks or runs slowly. Node's handling of Ctrl-C and
 * uncaught errors is unchanged.
 *
 * ```ts
 * const { description } = await chooseBackend(options.backend);
 * console.log(description);
 * ```
 *
 * On tfjs-node, `compileModel` of the entry `/accelerate` then trains a small model faster, as one graph a step;
 * elsewhere it changes nothing.
 *
 * `webgpu` needs the packages `webgpu` (Dawn) and `@tensorflow/tfjs-backend-webgpu`. An adapter that computes on the
 * CPU, such as SwiftShader, is used only if `webgpu` is asked for by name.
 *
 * @param name The one to use. By default packages that are not installed are skipped silently, and those that are
 *   installed but do not work here are named in the description.
 * @throws ArgumentError for another name; PackageError, with the `npm i` line, if neither the one asked for nor any
 *   other works. tfjs then keeps its backend.
 */
export async function chooseBackend(name?: BackendName): Promise<ChosenBackend> {
  if (name !== undefined && !backendNames.includes(name))
    throw new ArgumentError('option backend', `one of ${backendNames.map(describe).join(', ')}`, describe(name));
  const broken: string[] = [];
  for (const candidate of name === undefined ? automatic : [name]) {
    try {
      const details = await start(candidate, name !== undefined);
      const reason = name === undefined && candidate === 'webgpu' ? ', a GPU, which comes before the CPU' : '';
      return { name: candidate, description: [`backend: ${details}${reason}`, ...broken].join('; skipped ') };
    } catch (error) {
      if (name !== undefined || !(error instanceof PackageError)) throw error;
      if (error.installed) broken.push(`${error.packageName} (${error.reason})`);
    }
  }
  const purpose = broken.length > 0 ? `chooseBackend, which skipped ${broken.join(' and ')},` : 'chooseBackend';
  throw new PackageError(purpose, candidates.wasm.packageName);
}

/** Loads, sets and tries one backend, and resolves to its description. */
async function start(name: BackendName, isAskedFor: boolean): Promise<string> {
  const { packageName, backend } = candidates[name];
  // Otherwise TensorFlow prints its instruction sets at every start; warnings stay.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  const before = tf.getBackend();
  const purpose = `The backend ${name}`;
  const adapter = backend === 'webgpu' ? [await provideWebGpu(purpose, isAskedFor)] : [];
  const module = await importOptional<object>(packageName, purpose);
  try {
    await keepListeners(async () => {
      if (!(await tf.setBackend(backend))) throw new Error('it does not start');
      if (backend === 'webgpu' && !('OffscreenCanvas' in globalThis)) readThroughBuffers(tf.backend());
      await probe();
    });
  } catch (cause) {
    // Otherwise tfjs would return to it by itself: it has the highest priority.
    tf.removeBackend(backend);
    if (before && before !== backend) await tf.setBackend(before);
    throw new PackageError(purpose, packageName, explain(cause), { cause });
  }
  const details = [`${packageName} ${versionOf(module)}`.trim(), ...adapter, ...(await traits(backend))];
  return `${backend} (${details.join(', ')})`;
}

/** Multiplies ones: some faults of a backend appear only with the first operation. */
async function probe(): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])));
  const values = await product.data();
  product.dispose();
  if (values.some((value) => value !== 2)) throw new Error(`it multiplies ones to ${describe(Array.from(values))}`);
}

function explain(cause: unknown): string {
  // Of tfjs-node 4.22: https://github.com/tensorflow/tfjs/issues/8609
  if (errorMessage(cause).includes('isNullOrUndefined'))
    return `Node ${process.versions.node} is too new for it, use Node 20 or 22, or the backend wasm`;
  return failureReason(cause);
}

function versionOf(module: object): string {
  const { version, version_wasm, version_cpu } = module as Record<string, unknown>;
  const versions = version as Record<string, string> | undefined;
  return String(version_wasm ?? version_cpu ?? versions?.['tfjs-node'] ?? '');
}

async function traits(backend: Candidate['backend']): Promise<string[]> {
  const { replaced } = await accelerate();
  const accelerated = replaced.length > 0 ? ['accelerated training'] : [];
  if (backend === 'tensorflow') {
    const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
    return [isUsingGpuDevice ? 'GPU' : 'CPU', ...accelerated];
  }
  const simd = backend === 'wasm' && (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'));
  return [...(simd ? ['SIMD'] : []), ...accelerated];
}
