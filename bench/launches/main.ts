/**
 * Counts what a MoCo step launches on webgl and webgpu, as shipped and after `accelerate()`, at full size and without a
 * device, and writes bench/results/launches.md:
 *
 *     node --import tsx bench/launches/main.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { type StepOptions, trainingStep } from '../support/trainingStep';
import { type Launch, registerWebGl, registerWebGpu } from './blankDevices';
import { countLaunches, type KernelCount } from './countLaunches';
import { kernelTable, summaryTable } from './tables';

const common = { queue: 16384, negatives: 1, accelerated: true } as const;
const steps: { [name: string]: StepOptions } = {
  'conv blocks, 32 px, batch 64': { ...common, encoder: 'conv', size: 32, batch: 64 },
  'ResNet-18, 64 px, batch 64': { ...common, encoder: 'resnet18', size: 64, batch: 64 },
  'ResNet-18, 224 px, batch 64': { ...common, encoder: 'resnet18', size: 224, batch: 64 },
  'MobileNet, 224 px, batch 64': { ...common, encoder: 'mobilenet', size: 224, batch: 64 },
};

let receive: (launch: Launch) => void = () => {};
const collect = (to: typeof receive) => {
  receive = to;
};
registerWebGl((launch) => receive(launch));
registerWebGpu((launch) => receive(launch));

/** The counts of the second step: in the first, velocities are made and weights uploaded. */
function count(options: StepOptions): Map<string, KernelCount> {
  const training = trainingStep(options);
  try {
    training.step();
    return countLaunches(training.step, collect);
  } finally {
    training.dispose();
  }
}

const sections: string[] = [];
const rows = [];
for (const backend of ['webgpu', 'webgl'])
  for (const [name, options] of Object.entries(steps)) {
    await tf.setBackend(backend);
    const stock = count(options);
    const acceleration = await accelerate();
    const own = count(options);
    acceleration.restore();
    rows.push({ backend, name, stock, own });
    sections.push(`## ${backend}: ${name}\n\n${kernelTable(stock, own)}`);
  }
const report = `# Launches of a training step\n\n${summaryTable(rows)}\n${sections.join('\n')}`;
writeFileSync(join(import.meta.dirname, '../results/launches.md'), report);
console.log(report);
