// The paper's comparison at a scale that two cores allow.
//   npm run reproduce -- [--images DIR] [--quick] [--arms moco,patch-2] [--seeds 1,2,3] [--backend webgpu]
//   npm run reproduce -- --summary      writes the tables and figures of docs/reproduction.md from the finished runs
//   npm run reproduce -- --only reliance [--arms plain,patch-2] [--seeds 1,2,3] [--summary]
//                                       what encoders rely on, on emoji: examples/reproduce/results/reliance, docs/reliance.md
//   npm run reproduce -- --only reliance --export DIR    the pictures, for pytorch/reliance.py
//   npm run reproduce -- --only small-nets [--images DIR] [--arms readme,none] [--seeds 1,2,3] [--summary]
//                                       nets without batch normalization, on CIFAR-10 or, with --digits FILE, on
//                                       the UCI digits: tables of docs/hyperparameters.md
//   npm run reproduce -- --only tiny-imagenet [--images DIR] [--quick] [--arms moco,patch-2] [--seeds 1,2,3] [--summary]
//                                       which classes texture serves, on 100 classes of Tiny-ImageNet
// Every run has a folder, runs/reproduce/<arm>-<seed>, and a file in examples/reproduce/results; finished runs are not
// repeated.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { chooseArms } from './chooseArms';
import { readRuns, resultsDir } from './cifarRuns';
import { arms, config, quick } from './config';
import { readData } from './data';
import { reproduceReliance } from './reliance';
import { makeRun } from './run';
import { writeRunFile } from './runFiles';
import { reproduceSmallNets } from './small-nets';
import { writeSummary } from './summary';
import { reproduceTinyImageNet } from './tiny-imagenet';

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    digits: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    arms: { type: 'string' },
    seeds: { type: 'string' },
    summary: { type: 'boolean', default: false },
    backend: { type: 'string' },
    export: { type: 'string' },
  },
});
const parts: { [name: string]: (options: typeof values) => Promise<void> } = {
  reliance: reproduceReliance,
  'small-nets': reproduceSmallNets,
  'tiny-imagenet': reproduceTinyImageNet,
};
if (values.only !== undefined) {
  const part = parts[values.only];
  if (!part) throw new Error(`Expected one of ${Object.keys(parts).join(', ')} for --only, received ${values.only}.`);
  await part(values);
  process.exit();
}
const chosenArms = chooseArms(values.arms, Object.keys(arms));
const chosen = values.quick ? quick : config;
const folder = join('runs', values.quick ? 'reproduce-quick' : 'reproduce');
const seeds = values.seeds ? values.seeds.split(',').map(Number) : chosen.seeds;

const results = values.quick ? join(folder, 'results') : resultsDir;
const finished = await readRuns(results);

if (values.summary) {
  await writeSummary(finished);
  process.exit();
}

console.log((await chooseBackend(values.backend as BackendName | undefined)).description);
const data = await readData(values.images, chosen.imagesPerClass);
// All arms of one seed before the next seed: wherever the series stops, what is finished can be compared.
for (const seed of seeds) {
  for (const arm of chosenArms) {
    const before = finished[arm]?.[seed];
    const run = before ?? (await makeRun(join(folder, `${arm}-${seed}`), arm, seed, data, chosen));
    if (!before) await writeRunFile(results, run);
    const { evaluation, seconds } = run;
    const [test] = Object.values(evaluation.domains);
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    console.log(
      `${arm}-${seed}${before ? ' (finished before)' : ''}: kNN ${percent(test.knn)}, linear ${percent(test.linear)}, ` +
        `corrupted ${percent(evaluation.corruption.mean)}; ${Math.round(seconds.training)} s + ${Math.round(seconds.evaluation)} s`,
    );
  }
}
