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

import { readCommandLine, refuse, usageOf } from '../support/commandLine';
import { reproduceCifar10 } from './cifar10';
import { reproduceReliance } from './reliance';
import { reproduceSmallNets } from './small-nets';
import type { StudyArgs } from './support/studyArgs';
import { reproduceTinyImageNet } from './tiny-imagenet';

const { values } = readCommandLine(usageOf(import.meta.url), {
  images: { type: 'string' },
  digits: { type: 'string' },
  quick: { type: 'boolean', default: false },
  only: { type: 'string', default: 'cifar10' },
  arms: { type: 'string' },
  seeds: { type: 'string' },
  summary: { type: 'boolean', default: false },
  backend: { type: 'string' },
  export: { type: 'string' },
});
const parts: { [name: string]: (args: StudyArgs) => Promise<void> } = {
  cifar10: reproduceCifar10,
  reliance: reproduceReliance,
  'small-nets': reproduceSmallNets,
  'tiny-imagenet': reproduceTinyImageNet,
};
const part = parts[values.only];
if (!part) refuse(`Expected one of ${Object.keys(parts).join(', ')} for --only, received ${values.only}.`);
await part(values);
process.exit();
