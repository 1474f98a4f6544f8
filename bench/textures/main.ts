/**
 * Measures texture synthesis against Embark's and against mosaics, and writes a table to bench/results, and, with
 * --sheet, a contact sheet (not beside the table: we may lack the right to show the photos).
 *
 *   npx tsx bench/textures/main.ts FOLDER [--seeds 3] [--sheet FILE.jpg] [--no-times]
 *
 * FOLDER holds photos, or exemplars as NAME_ex1.png and NAME_ex2.png. With --no-times, the times of an earlier run stay.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { readCommandLine, refuse, usageOf } from '../../examples/support/commandLine';
import { randomStream } from '../../src/support/random';
import type { TextureQuality } from '../../src/texture/plan';
import { synthesizeTexture } from '../../src/texture/synthesizeTexture';
import { contactSheet } from './contactSheet';
import { findEmbark } from './embark';
import { measureTexture, type TextureMetrics } from './metrics';
import { mosaic } from './mosaic';
import { type Report, writeTable } from './report';
import { readSamples, type Sample, SIZE } from './samples';
import { profileAgain, startBackends, type Times, timeBackends } from './times';

const QUALITIES = ['high', 'fast'] as const;
const MOSAICS = [32, 16];

const { values: options, positionals } = readCommandLine(
  usageOf(import.meta.url),
  {
    seeds: { type: 'string', default: '3' },
    sheet: { type: 'string' },
    'no-times': { type: 'boolean', default: false },
  },
  true,
);
const [folder] = positionals;
if (!folder || !existsSync(folder)) refuse(`Expected a folder of pictures, received ${folder ?? 'none'}.`);
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

const backends = await startBackends();
await tf.setBackend(backends[0]);
const embark = findEmbark();
if (!embark) console.log('Embark is skipped: cargo is not here, or could not build it.');
const samples = await readSamples(folder);

const metrics: Report['metrics'] = {};
const sheet: Parameters<typeof contactSheet>[1][number][] = [];
for (const sample of samples) {
  process.stdout.write(`${sample.name} `);
  const reference = sample.reference ?? (await embark?.generate(sample.exemplars))?.texture;
  const textures = QUALITIES.map((quality) => seeds.map((seed) => synthesize(sample, quality, seed)));
  const mosaics = MOSAICS.map((tile) => mosaic(sample.exemplars, tile, SIZE, 1));
  if (reference) record('embark', sample, [reference]);
  QUALITIES.forEach((quality, i) => void record(quality, sample, textures[i]));
  MOSAICS.forEach((tile, i) => void record(`mosaic ${tile}`, sample, [mosaics[i]]));
  const shown = [...(reference ? [reference] : []), ...textures.map(([first]) => first), ...mosaics];
  sheet.push({ exemplars: sample.exemplars, textures: shown });
}
console.log();

const results = join(import.meta.dirname, '../results');
mkdirSync(results, { recursive: true });
const name = `textures-${basename(folder)}`;
const json = join(results, `${name}.json`);
const report: Report = {
  pictures: basename(folder),
  images: samples.map(({ name }) => name),
  seeds: seeds.length,
  metrics,
  times: await (options['no-times'] ? earlierTimes(json) : timeBackends(backends, samples, embark)),
};
const table = writeTable(report);
writeFileSync(json, `${JSON.stringify(report, null, 1)}\n`);
writeFileSync(join(results, `${name}.md`), table);
if (options.sheet) await contactSheet(options.sheet, sheet);
console.log(table);

async function earlierTimes(path: string): Promise<Times | undefined> {
  const { times }: Partial<Report> = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  return times && profileAgain(times, samples);
}

function synthesize({ name, exemplars }: Sample, quality: TextureQuality, seed: number): tf.Tensor3D {
  return tf.tidy(() => {
    const group = tf.expandDims(tf.stack(exemplars)) as tf.Tensor5D;
    const texture = synthesizeTexture(group, { size: SIZE, quality, streams: [randomStream(seed, name)] });
    return tf.squeeze(texture, [0]);
  });
}

/** Measures textures of one sample and adds them to the method's list. */
function record(method: string, { name, exemplars }: Sample, textures: readonly tf.Tensor3D[]): void {
  const measured = textures.map((texture): TextureMetrics => measureTexture(exemplars, texture));
  metrics[method] ??= {};
  metrics[method][name] = measured;
}
