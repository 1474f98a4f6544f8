// Measures trained encoders on images of several domains: npm run evaluate -- --help
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { chooseBackend, fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { writeWhole } from '../support/files';
import { readDomains } from './domains';
import { evaluateEncoder } from './evaluation';
import { hashEncoder } from './hashEncoder';
import { type Options, readOptions } from './options';
import { evaluationPage } from './report';
import { storedFeatures, writeFeatures } from './storedFeatures';
import { type Evaluations, printTable, tablesOf } from './tables';

/** Evaluates each encoder and writes metrics.json and report.html; or makes a part of the features, and no more. */
export async function evaluate(options: Options): Promise<Evaluations | undefined> {
  const evaluations: Evaluations = {};
  for (const dir of options.encoders) {
    const encoder = await tf.loadLayersModel(fileSystem(dir));
    const [, height, width] = encoder.inputs[0].shape as [null, number, number];
    const { bank, domains } = await readDomains(options.images, { ...options, size: [height, width] });
    const { neighbors: k, learningRate, perClass, mask } = options;
    const name = nameOf(dir, options.encoders);
    const store = options.features && {
      dir: join(options.features, name.replaceAll(/[\\/]/g, '-')),
      images: options.images,
      encoder: await hashEncoder(dir),
    };
    if (store)
      for (const set of [bank, ...domains]) await writeFeatures(encoder, set, store, options.shard, console.log);
    if (options.shard) continue;
    evaluations[name] = await evaluateEncoder(encoder, bank, domains, {
      k,
      temperature: 0.1,
      learningRate,
      epochs: 30,
      perClass,
      mask,
      featuresOf: store ? storedFeatures(store) : undefined,
      onProgress: (what) => console.log(`${dir}: ${what} …`),
    });
    encoder.dispose();
  }
  if (options.shard) return undefined;
  const date = new Date().toISOString();
  await writeWhole(join(options.out, 'metrics.json'), JSON.stringify({ date, options, evaluations }, null, 2));
  await writeWhole(
    join(options.out, 'report.html'),
    evaluationPage(evaluations, `Encoders on ${options.images}, ${date}`),
  );
  return evaluations;
}

/** The folder's name; where an encoder lies in a run's folder `encoder`, the run's; where names clash, the whole path. */
function nameOf(dir: string, all: readonly string[]): string {
  const short = (path: string) =>
    basename(path) === 'encoder' ? basename(dirname(resolve(path))) : basename(resolve(path));
  return all.filter((other) => short(other) === short(dir)).length === 1 ? short(dir) : dir;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const options = readOptions();
    console.log((await chooseBackend(options.backend)).description);
    const evaluations = await evaluate(options);
    for (const table of evaluations ? tablesOf(evaluations) : []) console.log(`\n${printTable(table)}`);
    if (evaluations) console.log(`\nWrote ${options.out}/report.html (open it) and metrics.json.`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
