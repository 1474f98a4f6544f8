import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exportEncoder, type MetricRecord } from 'tfjs-nonsemantic-negatives';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { type Evaluation, evaluateEncoder } from '../../evaluate/evaluation';
import { writeWhole } from '../../support/files';
import { arms, type Config } from './config';
import type { Data } from './data';
import { withTextures } from './textures';
import { train } from './train';

/** The content of a run's metrics.json. */
export interface Run {
  arm: string;
  seed: number;
  date: string;
  config: Config;
  /** Wall-clock time, other load on the machine included. */
  seconds: { training: number; evaluation: number };
  history: MetricRecord[];
  evaluation: Evaluation;
}

/** Reads a finished run, if there is one: its metrics are written last, atomically. */
async function readRun(dir: string): Promise<Run | undefined> {
  const text = await readFile(join(dir, 'metrics.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Trains one arm with one seed, measures it, and writes encoder/ and metrics.json; a finished run is read. */
export async function makeRun(dir: string, armName: string, seed: number, data: Data, config: Config): Promise<Run> {
  const finished = await readRun(dir);
  if (finished) return finished;
  const arm = arms[armName];
  const name = `${armName}, seed ${seed}`;
  const images = arm.texture ? await withTextures(data.train, join(dirname(dir), 'textures.bin')) : data.train;
  const started = performance.now();
  let epoch = -1;
  const { backbone, history } = await train(
    arm,
    seed,
    images,
    config,
    (record) => {
      if (record.epoch === epoch) return;
      epoch = record.epoch;
      console.log(`${name}: epoch ${epoch + 1} of ${config.epochs}, loss ${record.loss.toFixed(3)}`);
    },
    join(dir, 'state'),
  );
  const trained = performance.now();
  await mkdir(dir, { recursive: true });
  await exportEncoder(backbone).save(fileSystem(join(dir, 'encoder')));
  const evaluation = await evaluateEncoder(backbone, data.train, data.domains, config.evaluation);
  const seconds = { training: (trained - started) / 1000, evaluation: (performance.now() - trained) / 1000 };
  const run: Run = { arm: armName, seed, date: new Date().toISOString(), config, seconds, history, evaluation };
  await writeWhole(join(dir, 'metrics.json'), JSON.stringify(run));
  await rm(join(dir, 'state'), { recursive: true, force: true });
  return run;
}
