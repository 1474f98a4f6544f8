import { join } from 'node:path';
import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { makeRun } from '../cifar10/run';
import { chooseArms } from '../support/chooseArms';
import { writeRunFile } from '../support/runFiles';
import type { StudyArgs } from '../support/studyArgs';
import { classChanges, extremes } from './classes';
import { arms, config, quick } from './config';
import { readTinyImageNet, type TinyImageNet } from './data';
import { writePage } from './page';
import { writeClassPicture } from './pictures';
import { condense, readTinyRuns, resultsDir } from './results';

/**
 * Makes the runs that are missing, all arms of a seed before the next seed, then writes their section of
 * docs/reproduction.md, and pictures of the classes that lose and win most beside the runs. A run that was stopped
 * continues from its checkpoint. `quick` writes no page.
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
    await writePictures(folder, results, data);
  }
  if (!args.quick) await writePage();
}

/** Writes two pictures for each arm with negatives; the images themselves are not ours to publish. */
async function writePictures(folder: string, results: string, { domains: [test] }: TinyImageNet): Promise<void> {
  const runs = await readTinyRuns(results);
  for (const arm of arms) {
    const changes = classChanges(runs, arm);
    if (arm === 'moco' || changes.length === 0) continue;
    for (const [end, some] of Object.entries(extremes(changes))) {
      const path = join(folder, `${arm}-${end}.png`);
      const names = some.map(({ name }) => name);
      await writeClassPicture(path, test, names);
      console.log(`${path}: ${names.join(', ')}`);
    }
  }
}
