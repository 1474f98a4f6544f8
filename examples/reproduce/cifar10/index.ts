import { join } from 'node:path';
import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { chooseArms } from '../support/chooseArms';
import { writeRunFile } from '../support/runFiles';
import type { StudyArgs } from '../support/studyArgs';
import { arms, config, quick, usualArms } from './config';
import { readData } from './data';
import { readRuns, resultsDir } from './results';
import { makeRun, type Run } from './run';
import { writeSummary } from './summary';

/** Makes the runs that are missing, all arms of a seed before the next seed; `summary` writes docs/reproduction.md. */
export async function reproduceCifar10(args: StudyArgs): Promise<void> {
  const chosenArms = chooseArms(args.arms, Object.keys(arms), usualArms);
  const chosen = args.quick ? quick : config;
  const folder = join('runs', args.quick ? 'reproduce-quick' : 'reproduce');
  const results = args.quick ? join(folder, 'results') : resultsDir;
  const finished = await readRuns(results);
  if (args.summary) return writeSummary(finished);

  console.log((await chooseBackend(args.backend as BackendName | undefined)).description);
  const data = await readData(args.images, chosen.imagesPerClass);
  for (const seed of args.seeds?.split(',').map(Number) ?? chosen.seeds) {
    for (const arm of chosenArms) {
      const before = finished[arm]?.[seed];
      const settings = { ...chosen, ...arms[arm].settings };
      const run = before ?? (await makeRun(join(folder, `${arm}-${seed}`), arm, seed, data, settings));
      if (!before) await writeRunFile(results, run);
      console.log(`${arm}-${seed}${before ? ' (finished before)' : ''}: ${inWords(run)}`);
    }
  }
}

function inWords({ evaluation, seconds }: Run): string {
  const [test] = Object.values(evaluation.domains);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return (
    `kNN ${percent(test.knn)}, linear ${percent(test.linear)}, corrupted ${percent(evaluation.corruption.mean)}; ` +
    `${Math.round(seconds.training)} s + ${Math.round(seconds.evaluation)} s`
  );
}
