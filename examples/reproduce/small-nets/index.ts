import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { chooseArms } from '../support/chooseArms';
import type { StudyArgs } from '../support/studyArgs';
import { arms } from './arms';
import { readCifar, readDigits, type SmallNetData } from './data';
import { nets } from './nets';
import { writePage } from './page';
import { addRun, readRuns, type SmallNetRun } from './results';
import { runArm } from './run';

/** Makes the runs that are missing, then writes the tables of docs/hyperparameters.md; `summary` only writes. */
export async function reproduceSmallNets(options: StudyArgs): Promise<void> {
  const chosen = chooseArms(options.arms, Object.keys(arms), ['readme', 'none']);
  if (!options.summary) {
    console.log((await chooseBackend(options.backend as BackendName | undefined)).description);
    const data = options.digits ? await readDigits(options.digits) : await readCifar(options.images);
    await makeRuns(data, chosen, (options.seeds ?? '1,2,3').split(',').map(Number));
  }
  await writePage();
}

async function makeRuns(data: SmallNetData, chosen: readonly string[], seeds: readonly number[]) {
  for (const seed of seeds) {
    for (const arm of chosen) {
      for (const net of Object.keys(nets)) {
        const same = (run: SmallNetRun) =>
          run.data === data.name && run.net === net && run.arm === arm && run.seed === seed;
        const done = (await readRuns()).some(same);
        if (done) continue;
        const run = await runArm(net, arm, seed, data);
        await addRun(run);
        console.log(`${net}, ${arms[arm].title}, seed ${seed}: kNN ${run.untrained} -> ${run.trained}`);
      }
    }
  }
}
