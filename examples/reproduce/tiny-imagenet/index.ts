import { join } from 'node:path';
import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { makeRun } from '../cifar10/run';
import { chooseArms } from '../support/chooseArms';
import { writeRunFile } from '../support/runFiles';
import type { StudyArgs } from '../support/studyArgs';
import { arms, config, quick } from './config';
import { readTinyImageNet } from './data';
import { writePage } from './page';
import { condense, readTinyRuns, resultsDir } from './results';

/**
 * Makes the runs that are missing, all arms of a seed before the next seed, then writes their section of
 * docs/reproduction.md. A run that was stopped continues from its checkpoint. `quick` writes no page.
 */
export async function reproduceTinyImageNet(args: StudyArgs): Promise<void> {
  const chosenArms = chooseArms(args.arms, arms);
  const chosen = args.quick ? quick : config;
  const folder = join('runs', args.quick ? 'tiny-imagenet-quick' : 'tiny-imagenet');
  const results = args.quick ? join(folder, 'results') : resultsDir;
  if (!args.summary) {
    const finished = await readTinyRuns(results);
    console.log((await chooseBackend(args.backend as BackendName | undefined)).description);
    const data = await readTinyImageNet(args.images, chosen.imagesPerClass, args.quick ? 2 : undefined);
    for (const seed of args.seeds?.split(',').map(Number) ?? chosen.seeds) {
      for (const arm of chosenArms) {
        if (finished.some((run) => run.arm === arm && run.seed === seed)) continue;
        const dir = join(folder, `${arm}-${seed}`);
        const run = await makeRun(dir, arm, seed, data, chosen);
        await writeRunFile(results, condense(run, data.groupOf));
      }
    }
  }
  if (!args.quick) await writePage();
}
