import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type BackendName, chooseBackend } from '../backend';
import { FileError } from '../files/fileError';
import type { SharpModule } from '../images/decodeImage';
import { checkFolder } from '../images/listImages';
import { importOptional } from '../optionalPackage';
import { makeFolder, makeOutputFolder, privateFolder } from './folders';
import { Manifest } from './manifest';
import type { TextureOutcome } from './outcome';
import { ProgressLine } from './progressLine';
import { claimFolder, type TextureSettings } from './settings';
import { type Shard, shardSuffix } from './shard';
import { listSources } from './sources';
import { exitCodes, Summary } from './summary';
import { localWorker, startWorkers, type Workers } from './workers';

interface TextureRun {
  input: string;
  out: string;
  settings: TextureSettings;
  shard: Shard;
  /** Number of processes. @default 1 if the backend has its own threads, else one per core */
  workers?: number;
  onError: 'skip' | 'stop';
  backend?: BackendName;
  followSymlinks: boolean;
}

/** Sources given to each worker before the first of them is done. */
const lookAhead = 8;

/**
 * Makes a texture of every image of a shard that has none yet, and the shard's manifest.
 *
 * @returns The exit code.
 * @throws Where the run cannot start.
 */
export async function makeTextures(run: TextureRun): Promise<number> {
  const { settings, shard } = run;
  await checkFolder(run.input);
  const { default: sharp } = await importOptional<SharpModule>('sharp', 'The command textures');
  const backend = await chooseBackend(run.backend);
  const out = await makeOutputFolder(run.input, run.out);
  await claimFolder(out, settings, backend.name);

  const temporaryName = `${privateFolder}/temporary${shardSuffix(shard)}`;
  // Left behind by a killed run.
  await rm(join(out, temporaryName), { recursive: true, force: true });
  const job = { input: run.input, out, settings, temporary: await makeFolder(out, temporaryName) };
  const count = run.workers ?? (['wasm', 'cpu'].includes(backend.name) ? availableParallelism() : 1);
  const workers = count === 1 ? localWorker(sharp, job) : startWorkers(count, job, backend.name);
  console.log(`${backend.description}; ${count === 1 ? '1 process' : `${count} processes`}`);

  const summary = new Summary();
  let stopped: unknown;
  try {
    await makeAll(run, { job, workers, count, summary });
  } catch (error) {
    stopped = error;
  }
  workers.end();
  await rm(job.temporary, { recursive: true, force: true });
  console.log(summary.toString());
  if (stopped === undefined) return summary.exitCode;
  console.error(`stopped: ${stopped instanceof Error ? stopped.message : stopped}`);
  console.error('Everything written so far is whole: the same command resumes here.');
  return exitCodes.stopped;
}

interface RunContext {
  job: { out: string; temporary: string };
  workers: Workers;
  count: number;
  summary: Summary;
}

async function makeAll(run: TextureRun, { job, workers, count, summary }: RunContext): Promise<void> {
  const { input, shard, followSymlinks, onError } = run;
  const manifest = await Manifest.start(job.out, job.temporary, shard);
  const progress = new ProgressLine(await countSources(run), summary, process.stdout);

  const record = async (outcome: TextureOutcome) => {
    summary.add(outcome);
    if (outcome.status !== 'skipped') await manifest.add(outcome.entry);
    else {
      progress.clear();
      const error = new FileError('make a texture of', outcome.source, outcome.reason);
      if (onError === 'stop') throw error;
      console.error(`skipped: ${error.message}`);
    }
    progress.update();
  };

  // Recorded in the order of the sources, which is the manifest's and bounds the work in progress.
  const inProgress: Promise<TextureOutcome>[] = [];
  try {
    for await (const source of listSources(input, shard, followSymlinks)) {
      const outcome = 'status' in source ? Promise.resolve(source) : workers.make(source.source);
      // Reported when its turn comes.
      outcome.catch(() => {});
      inProgress.push(outcome);
      if (inProgress.length >= lookAhead * count) await record(await inProgress.shift()!);
    }
    for (const outcome of inProgress) await record(await outcome);
    await manifest.end();
  } catch (error) {
    // Writes in progress end before their folder is removed.
    await Promise.allSettled(inProgress);
    await manifest.abandon();
    throw error;
  } finally {
    progress.clear();
  }
}

async function countSources({ input, shard, followSymlinks }: TextureRun): Promise<number> {
  let count = 0;
  for await (const _ of listSources(input, shard, followSymlinks)) count += 1;
  return count;
}
