import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../../src/support/random';
import type { TextureQuality } from '../../src/texture/plan';
import { synthesizeTexture } from '../../src/texture/synthesizeTexture';
import type { Embark } from './embark';
import { type Sample, SIZE } from './samples';

/** Cost of one image on one backend. */
export interface BackendTimes {
  backend: string;
  quality: TextureQuality;
  /** Best of the runs' batches, of 8 images each. */
  secondsAnImage: number;
  /** Kernels of one batch, aliases included. */
  kernels: number;
  /** Tensors alive at the same time. */
  peakMegabytesAnImage: number;
}

export interface Times {
  backends: BackendTimes[];
  /** Best of the runs, with one thread and with all. */
  embark?: { oneThread: number; allThreads: number };
  /** Whether kernels and memory were measured again, and times were not. */
  isOlder?: boolean;
}

const BATCH = 8;
const RUNS = 5;
/** Batches in a row: Embark's run before leaves caches and threads cold, and a loader makes batch after batch. */
const BATCHES_A_RUN = 3;

/** Starts what is installed of tfjs-node and wasm, fastest first. */
export async function startBackends(): Promise<string[]> {
  const started: string[] = [];
  try {
    // A name that the compiler does not follow: the package need not be installed.
    const native: string = '@tensorflow/tfjs-node';
    await import(native);
    started.push('tensorflow');
  } catch {
    console.log('tfjs-node is skipped: it is not installed.');
  }
  await import('@tensorflow/tfjs-backend-wasm');
  return [...started, 'wasm'];
}

/** Times the backends and Embark in turns, so that other load on the machine affects all of them. */
export async function timeBackends(backends: readonly string[], samples: Sample[], embark?: Embark): Promise<Times> {
  const rows = backends.flatMap((backend) =>
    (['high', 'fast'] as const).map((quality) => ({ backend, quality, secondsAnImage: Number.POSITIVE_INFINITY })),
  );
  const reference = { oneThread: Number.POSITIVE_INFINITY, allThreads: Number.POSITIVE_INFINITY };
  const batches = new Map<string, tf.Tensor5D>();
  for (const backend of backends) {
    await tf.setBackend(backend);
    batches.set(backend, await uploadBatch(samples));
  }
  for (let run = 0; run < RUNS; run++) {
    const { exemplars } = samples[run % samples.length];
    if (embark) {
      reference.oneThread = Math.min(reference.oneThread, (await embark.generate(exemplars, 1)).seconds);
      reference.allThreads = Math.min(reference.allThreads, (await embark.generate(exemplars)).seconds);
    }
    for (const row of rows) {
      await tf.setBackend(row.backend);
      const batch = batches.get(row.backend) as tf.Tensor5D;
      for (let i = 0; i < BATCHES_A_RUN; i++)
        row.secondsAnImage = Math.min(row.secondsAnImage, timeBatch(batch, row.quality));
    }
  }
  const measured: BackendTimes[] = [];
  for (const row of rows) measured.push({ ...row, ...(await profile(row, batches.get(row.backend) as tf.Tensor5D)) });
  return { backends: measured, embark: embark && reference };
}

/** Counts kernels and memory again, which other load on the machine does not change; the times stay. */
export async function profileAgain({ backends, embark }: Times, samples: Sample[]): Promise<Times> {
  const measured: BackendTimes[] = [];
  for (const row of backends) {
    await tf.setBackend(row.backend);
    const batch = await uploadBatch(samples);
    // The first call makes tensors that are kept.
    synthesizeBatch(batch, row.quality).dispose();
    measured.push({ ...row, ...(await profile(row, batch)) });
    batch.dispose();
  }
  return { backends: measured, embark, isOlder: true };
}

async function profile({ backend, quality }: { backend: string; quality: TextureQuality }, batch: tf.Tensor5D) {
  await tf.setBackend(backend);
  const before = tf.memory().numBytes;
  const { kernels, peakBytes } = await tf.profile(() => tf.keep(synthesizeBatch(batch, quality)));
  return { kernels: kernels.length, peakMegabytesAnImage: (peakBytes - before) / BATCH / 1e6 };
}

/** Returns the seconds that an image of a batch takes. */
function timeBatch(batch: tf.Tensor5D, quality: TextureQuality): number {
  const start = performance.now();
  const textures = synthesizeBatch(batch, quality);
  textures.dataSync();
  textures.dispose();
  return (performance.now() - start) / 1000 / BATCH;
}

function synthesizeBatch(batch: tf.Tensor5D, quality: TextureQuality): tf.Tensor4D {
  const streams = Array.from({ length: batch.shape[0] }, (_, i) => randomStream('bench', i));
  return synthesizeTexture(batch, { size: SIZE, quality, streams });
}

/** Exemplars as one batch of the current backend, copied through the host. */
async function uploadBatch(samples: readonly Sample[]): Promise<tf.Tensor5D> {
  const groups = Array.from({ length: BATCH }, (_, i) => samples[i % samples.length].exemplars);
  const [[first]] = groups;
  const values: number[] = [];
  for (const exemplar of groups.flat()) for (const value of await exemplar.data()) values.push(value);
  return tf.tensor5d(values, [groups.length, groups[0].length, ...first.shape]);
}
