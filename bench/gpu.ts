import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, hasBackend, startBackend } from './support/backend';
import { countKernels } from './support/kernels';
import { warmUp } from './support/serve';
import { number, table } from './support/table';
import { type StepOptions, trainingStep } from './support/trainingStep';

const common = { queue: 16384, negatives: 1, accelerated: true } as const;
const settings: StepOptions[] = [
  { ...common, encoder: 'conv', size: 32, batch: 64 },
  { ...common, encoder: 'conv', size: 32, batch: 256 },
  { ...common, encoder: 'resnet18', size: 64, batch: 64 },
  { ...common, encoder: 'resnet18', size: 224, batch: 64 },
];

/**
 * What matters on a GPU: images a second, kernels and synchronizations (read-backs) a step, memory of the device.
 * `TFJS_PACKAGE` names the package, tfjs-node-gpu by default; a step too large for the device is reported as such.
 */
export async function gpu(steps = 20): Promise<string> {
  const backend = (process.env.TFJS_PACKAGE?.replace('@tensorflow/', '') ?? 'tfjs-node-gpu') as Backend;
  if (!hasBackend(backend)) return `Skipped: @tensorflow/${backend} is not installed; see docs/gpu.md.\n`;
  await startBackend(backend, true);
  const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
  const rows: string[][] = [];
  // A CPU only shows that it works: the large ones would take an hour.
  for (const options of isUsingGpuDevice ? settings : settings.slice(0, 1)) {
    const { encoder, size, batch } = options;
    const name = `${encoder}, ${size} px, batch ${batch}`;
    try {
      rows.push([name, ...(await measure(options, steps))]);
    } catch (error) {
      rows.push([name, `failed: ${(error as Error).message.split('\n')[0]}`, '', '', '', '']);
    }
  }
  const head = ['step', 'images/s', 'kernels', 'syncs', 'tensors, peak MB', 'device, MB in use'];
  const device = isUsingGpuDevice ? deviceQuery('name') : 'no GPU was found: these are figures of the CPU';
  return [`# @tensorflow/${backend}\n`, `${device}\n`, table(head, rows)].join('\n');
}

async function measure(options: StepOptions, steps: number): Promise<string[]> {
  const training = trainingStep(options);
  try {
    warmUp(() => void training.finish());
    const start = performance.now();
    for (let i = 0; i < steps - 1; i++) training.step();
    // The last step is read, and with it all that the device still has to do.
    training.finish();
    const rate = (steps * options.batch * 1000) / (performance.now() - start);
    const syncs = countReads(training.step);
    const { kernels, peakBytes } = await tf.profile(() => training.step());
    return [number(rate), `${countKernels(kernels)}`, `${syncs}`, number(peakBytes / 1e6), deviceQuery('memory.used')];
  } finally {
    training.dispose();
  }
}

/** How often `step` reads from the device. */
function countReads(step: () => void): number {
  const backend = tf.backend();
  const { readSync } = backend;
  let reads = 0;
  backend.readSync = (dataId) => {
    reads++;
    return readSync.call(backend, dataId);
  };
  try {
    step();
  } finally {
    backend.readSync = readSync;
  }
  return reads;
}

/** What NVIDIA's driver says, or a dash where it is not there. */
function deviceQuery(what: string): string {
  try {
    const query = [`--query-gpu=${what}`, '--format=csv,noheader,nounits'];
    return execFileSync('nvidia-smi', query, { encoding: 'utf8' }).trim().replaceAll('\n', ', ');
  } catch {
    return '–';
  }
}
