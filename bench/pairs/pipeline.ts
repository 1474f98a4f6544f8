import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Backend, hasBackend, isInstalled } from '../support/backend';
import { medians } from '../support/compare';
import type { Context, Section } from '../support/section';
import type { Figures } from '../support/serve';
import { number, table } from '../support/table';
import type { StepOptions } from '../support/trainingStep';

const common = { batch: 64, queue: 4096, negatives: 1, accelerated: true } as const;
const conv: StepOptions = { ...common, encoder: 'conv', size: 32 };
const resNet: StepOptions = { ...common, encoder: 'resnet18', size: 64 };

interface Setting {
  name: string;
  backend: Backend;
  source: number;
  count: number;
  step: StepOptions;
  decoded?: number;
  threadBackend?: 'wasm';
}

const settings: Setting[] = [
  { name: '32 px, conv blocks', backend: 'tfjs-node', source: 32, count: 1024, step: conv },
  {
    name: '32 px, conv blocks, wasm in the thread',
    backend: 'tfjs-node',
    source: 32,
    count: 1024,
    step: conv,
    threadBackend: 'wasm',
  },
  { name: '32 px, conv blocks', backend: 'wasm', source: 32, count: 128, step: conv },
  { name: '256 px, ResNet-18 at 64 px', backend: 'tfjs-node', source: 256, count: 128, step: resNet },
  {
    name: '256 px decoded to 128 px, ResNet-18 at 64 px',
    backend: 'tfjs-node',
    source: 256,
    count: 128,
    step: resNet,
    decoded: 128,
  },
];

/** Shows how near a training comes to the slower of its halves, the pipeline and the step, and what PyTorch's loader makes. */
export async function pipeline({ machine, rounds }: Context): Promise<Section> {
  const title = 'Pipeline beside training step, images/s';
  if (!isInstalled('sharp')) return { title, markdown: 'Skipped: sharp is not installed.\n', data: null };
  const data: { name: string; figures: Figures }[] = [];
  for (const { name, source, count, step, ...rest } of settings) {
    if (!hasBackend(rest.backend)) continue;
    const images = await makePictures(source, count);
    const options = { ...step, ...rest, images };
    const repeats = Math.min(rounds, 3);
    const figures = await medians({ name, worker: 'pipeline.ts', options }, machine, repeats);
    const { batch, size } = step;
    const loader = { name, worker: 'loader.py', options: { images, batch, size, workers: 2 } };
    const { ms } = machine.python ? await medians(loader, machine, repeats) : { ms: Number.NaN };
    data.push({ name: `${name}, ${rest.backend}`, figures: { ...figures, loader: 1000 / ms } });
  }
  const rows = data.map(({ name, figures }) => {
    const { decode, pipeline, thread, loader, training, together, threaded } = figures;
    const images = [decode, pipeline, thread, loader, training, together, threaded].map(number);
    const { threadCpuMs, trainingCpuMs, threadedCpuMs } = figures;
    // Both halves at once take the processor time of both: cores can give no more than this.
    const limit = (1000 * machine.cores) / (threadCpuMs + trainingCpuMs);
    const spent = [threadCpuMs, trainingCpuMs, threadedCpuMs, limit].map(number);
    return [name, ...images, number(threaded / Math.min(thread, training)), ...spent, number(threaded / limit)];
  });
  const head = [
    '',
    'decode',
    'decode + views + patches',
    'the same in a thread',
    "the same by PyTorch's DataLoader, two workers",
    'step',
    'fitDataset, prefetch(2)',
    'fitDataset, in a thread',
    'of the slower half',
    'CPU ms an image, pipeline',
    'CPU ms an image, step',
    'CPU ms an image, both',
    'images/s that the cores allow',
    'of that',
  ];
  return { title, markdown: table(head, rows), data };
}

/** Pictures of colored noise at several scales, which compress about as well as photos. Made once. */
async function makePictures(side: number, count: number): Promise<string> {
  const { default: sharp } = await import('sharp');
  const folder = join(import.meta.dirname, '../../.cache/bench', `jpeg-${side}`);
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const file = join(folder, `${i}.jpg`);
    if (existsSync(file)) continue;
    const coarse = 4 + (i % 13);
    const pixels = Uint8Array.from({ length: coarse * coarse * 3 }, () => Math.random() * 256);
    const noise = sharp(pixels, { raw: { width: coarse, height: coarse, channels: 3 } });
    await noise.resize(side, side, { kernel: 'cubic' }).jpeg({ quality: 90 }).toFile(file);
  }
  return folder;
}
