import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../support/backend';
import { medians } from '../support/compare';
import type { Context, Section } from '../support/section';
import type { Figures } from '../support/serve';
import { number, table } from '../support/table';
import type { StepOptions } from '../support/trainingStep';

const common = { batch: 64, queue: 4096, negatives: 1, accelerated: true } as const;
const settings: { name: string; source: number; count: number; step: StepOptions }[] = [
  {
    name: 'JPEG of 32 px, conv blocks at 32 px',
    source: 32,
    count: 1024,
    step: { ...common, encoder: 'conv', size: 32 },
  },
  {
    name: 'JPEG of 256 px, ResNet-18 at 64 px',
    source: 256,
    count: 128,
    step: { ...common, encoder: 'resnet18', size: 64 },
  },
];

/** Shows which is the bottleneck: the pipeline (decode, two views, patch negatives) or the training step. */
export async function pipeline({ machine, rounds }: Context): Promise<Section> {
  const title = 'Pipeline beside training step, images/s, tfjs-node';
  if (!isInstalled('sharp')) return { title, markdown: 'Skipped: sharp is not installed.\n', data: null };
  const data: { name: string; figures: Figures }[] = [];
  for (const { name, source, count, step } of settings) {
    const options = { ...step, backend: 'tfjs-node', images: await makePictures(source, count) };
    const figures = await medians({ name, worker: 'pipeline.ts', options }, machine, Math.min(rounds, 3));
    data.push({ name, figures });
  }
  const rows = data.map(({ name, figures: { decode, pipeline, training, together } }) => [
    name,
    ...[decode, pipeline, training, together].map(number),
    pipeline < training ? 'the pipeline' : 'the step',
  ]);
  const head = ['', 'decode', 'decode + views + patches', 'step', 'fitDataset, prefetch(2)', 'the limit'];
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
