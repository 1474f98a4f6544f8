import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { type Backend, isInstalled } from './support/backend';
import { countDeviceCalls, startDevice } from './support/device';
import { type GpuWork, inSoftware, onGpu } from './support/gpuWork';
import { countKernels } from './support/kernels';
import { number, table } from './support/table';

/** The packages of each backend that may use a GPU. */
const packages = {
  webgpu: ['webgpu', '@tensorflow/tfjs-backend-webgpu'],
  'tfjs-node-gpu': ['@tensorflow/tfjs-node-gpu'],
  'tfjs-node': ['@tensorflow/tfjs-node'],
};

const head = ['', 'images/s, stock', 'images/s, accelerated', 'kernels', 'launches', 'read-backs', 'tensors, peak MB'];

/**
 * What matters on a GPU, as shipped beside accelerated, by each backend for GPUs that is installed. `TFJS_PACKAGE` names
 * another package in place of tfjs-node-gpu.
 *
 * @param seconds How long each row is timed, at least.
 */
export async function gpu(seconds: number): Promise<string> {
  const native = (process.env.TFJS_PACKAGE?.replace('@tensorflow/', '') ?? 'tfjs-node-gpu') as Backend & 'tfjs-node';
  const sections: string[] = [];
  for (const backend of ['webgpu', native] as const) {
    const missing = packages[backend].filter((name) => !isInstalled(name));
    const skipped = `Skipped: ${missing.join(' and ')} not installed; see docs/gpu.md.\n`;
    sections.push(`## ${backend}\n`, missing.length > 0 ? skipped : await measureBackend(backend, seconds));
  }
  return ['# On a GPU\n', `Node ${process.versions.node}, ${process.platform} ${process.arch}\n`, ...sections].join(
    '\n',
  );
}

async function measureBackend(backend: 'webgpu' | Backend, seconds: number): Promise<string> {
  const { description, isSoftware } = await startDevice(backend);
  const note = 'A CPU computes here: small settings, which only show that all of it works.\n';
  const rows: string[][] = [];
  for (const work of isSoftware ? inSoftware : onGpu) {
    console.log(`${backend}: ${work.name} …`);
    rows.push(await measure(work, seconds));
  }
  return [`${description}\n`, ...(isSoftware ? [note] : []), table(head, rows)].join('\n');
}

/** One row; what does not work, such as a step that is too large for the device, is reported in it. */
async function measure(work: GpuWork, seconds: number): Promise<string[]> {
  (await accelerate()).restore();
  const stock = attempt(() => time(work, false, seconds));
  await accelerate();
  const accelerated = attempt(() => time(work, true, seconds));
  const counts = await count(work).catch(({ message }: Error) => [`failed: ${message.split('\n')[0]}`, '', '', '']);
  return [work.name, stock, accelerated, ...counts];
}

function attempt(measure: () => number): string {
  try {
    return number(measure());
  } catch (error) {
    return `failed: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** Images a second. */
function time({ images, start }: GpuWork, accelerated: boolean, seconds: number): number {
  const { run, finish, dispose } = start(accelerated);
  try {
    finish(); // Compiles.
    const before = performance.now();
    finish();
    const runs = Math.max(1, Math.ceil((1000 * seconds) / (performance.now() - before)));
    const begin = performance.now();
    for (let i = 1; i < runs; i++) run();
    finish();
    return (1000 * runs * images) / (performance.now() - begin);
  } finally {
    dispose();
  }
}

async function count(work: GpuWork): Promise<string[]> {
  const { run, dispose } = work.start(true);
  try {
    run();
    const { launches, reads } = countDeviceCalls(run);
    const { kernels, peakBytes } = await tf.profile(run);
    return [`${countKernels(kernels)}`, `${launches}`, `${reads}`, number(peakBytes / 1e6)];
  } finally {
    dispose();
  }
}
