import { type BackendName, chooseBackend, cifar10 } from 'tfjs-nonsemantic-negatives/node';
import { ImageSet, type LabeledBatch } from '../../evaluate/imageSet';
import { chooseArms } from '../chooseArms';
import { cifarFolder } from '../data';
import { arms } from './arms';
import { nets } from './nets';
import { writePage } from './page';
import { addRun, readRuns } from './results';
import { runArm, settings } from './run';

/** Makes the runs that are missing, then writes the table of docs/hyperparameters.md; `summary` only writes. */
export async function reproduceSmallNets(options: {
  images?: string;
  arms?: string;
  seeds?: string;
  summary: boolean;
  backend?: string;
}): Promise<void> {
  const chosen = chooseArms(options.arms, Object.keys(arms), ['readme', 'none']);
  if (!options.summary) {
    console.log((await chooseBackend(options.backend as BackendName | undefined)).description);
    await makeRuns(options.images, chosen, (options.seeds ?? '1,2,3').split(',').map(Number));
  }
  await writePage();
}

async function makeRuns(images: string | undefined, chosen: readonly string[], seeds: readonly number[]) {
  const data = await readClasses(await cifarFolder(images));
  for (const seed of seeds) {
    for (const arm of chosen) {
      for (const net of Object.keys(nets)) {
        const done = (await readRuns()).some((run) => run.net === net && run.arm === arm && run.seed === seed);
        if (done) continue;
        const run = await runArm(net, arm, seed, data);
        await addRun(run);
        console.log(`${net}, ${arms[arm].title}, seed ${seed}: kNN ${run.untrained} -> ${run.trained}`);
      }
    }
  }
}

/** The first five classes of CIFAR-10. */
async function readClasses(dir: string): Promise<{ train: LabeledBatch; test: LabeledBatch }> {
  const read = async (train: boolean, perClass: number): Promise<LabeledBatch> => {
    const all = ImageSet.of('CIFAR-10', await cifar10(dir, { train }));
    const classes = all.classes.slice(0, 5);
    const set = all.ofClasses(classes).perClass(perClass);
    const { value } = await set.eachBatch(classes, set.size).next();
    return value as LabeledBatch;
  };
  return { train: await read(true, settings.imagesPerClass), test: await read(false, settings.testPerClass) };
}
