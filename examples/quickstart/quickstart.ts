import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import {
  batchNormalization,
  convEncoder,
  exportEncoder,
  mocoV2Augmentation,
  projectionHead,
  randomStream,
} from 'tfjs-nonsemantic-negatives';
import { chooseBackend, fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { emojiPictures } from './emoji';
import { folderPictures } from './folder';
import { gallery } from './gallery';
import { type Embed, embedPixels, embedWith, measure, type Split } from './measure';
import { readOptions } from './options';
import type { Pictures } from './pictures';
import type { RunRecord } from './record';
import { conflictPictures, makeRelianceTest, measureTest, relianceRecord } from './reliance';
import { writeReport } from './report/report';
import { printMeasures } from './summary';
import { type TrainingOptions, train } from './training';

const options = readOptions(process.argv.slice(2));
const { name: backendName, description } = await chooseBackend(options.backend);
console.log(description);

// Everything that one might want to change. Native TensorFlow is several times faster, so it gets a larger encoder.
const native = backendName.startsWith('tfjs-node');
const scale = native
  ? { filters: [24, 48, 96, 192], steps: 1212, batchSize: 96, learningRate: 0.2, weightDecay: 5e-4 }
  : { filters: [16, 32, 64, 128], steps: 1250, batchSize: 64, learningRate: 0.12, weightDecay: 1e-4 };
// Textures take most of the test's time: 18 ms each on two cores with native TensorFlow, 60 ms on wasm.
const relianceArgs = native ? { concepts: 1000, conflicts: 6000 } : { concepts: 130, conflicts: 3000 };
const config = {
  ...scale,
  steps: options.steps ?? scale.steps,
  momentum: 0.99,
  queueSize: 1024,
  temperature: 0.2,
  heldOut: 0.25,
};
const { size, seed, alpha } = options;
// Pictures of 32 pixels are too small for MoCo's blur and for crops of a fifth. In training, more of them become grey than in
// MoCo's recipe and hues turn half as far: emoji of another set keep their shapes, and their colours if they have any. What is
// measured is the recipe's view.
const view = { size, scale: [0.4, 1] as [number, number], blurProbability: 0 };
const augmentation = mocoV2Augmentation({ ...view, grayscaleProbability: 0.4, hue: 0.05 });
const measuredView = mocoV2Augmentation(view);

const { pictures, groups, objects } = options.images
  ? await folderPictures(options.images, size)
  : await emojiPictures(size);
const { split, places } = splitByConcept(pictures, config.heldOut);
const data = `${options.images ?? 'emoji'}: ${split.train.size} pictures to train on, ${split.heldOut.size} held out`;
console.log(data);

const dir = join('runs', options.name);
await mkdir(dir, { recursive: true });
const hasLabels = groups.length > 1;
const record: RunRecord = {
  name: options.name,
  date: '',
  backend: description,
  data,
  settings: settings(),
  trainings: [],
  measures: {},
};

const backbone = makeBackbone();
const trainings = [
  { name: 'with patch negatives', alpha, backbone },
  ...(options.compare ? [{ name: 'plain MoCo', alpha: 0, backbone: makeBackbone() }] : []),
];
record.measures.untrained = await measure(embedWith(backbone), split, measuredView, hasLabels);
record.measures['raw pixels'] = await measure(embedPixels, split, measuredView, hasLabels);
for (const training of trainings) {
  const stateDir = join(dir, 'state', training.name.replaceAll(' ', '-'));
  const encoder = projectionHead(training.backbone, { units: 128, seed });
  const { filters: _, heldOut: __, ...schedule } = config;
  const settings: TrainingOptions = { ...schedule, ...training, stateDir, resume: options.resume, augmentation, seed };
  const result = await train(encoder, split.train, settings);
  if (!result) {
    console.log(
      `Stopped and saved. To go on: npm run quickstart -- ${[...process.argv.slice(2).filter((arg) => arg !== '--resume'), '--resume'].join(' ')}`,
    );
    process.exit(130);
  }
  record.trainings.push({ name: training.name, ...result });
  record.measures[training.name] = await measure(embedWith(training.backbone), split, measuredView, hasLabels);
}

const test = await makeRelianceTest(objects, { ...split.heldOut, places }, groups, relianceArgs);
const reliance = test && (await measureTest(test, features()));
if (reliance) record.reliance = relianceRecord(reliance);

await exportEncoder(backbone).save(fileSystem(join(dir, 'encoder')));
record.date = new Date().toISOString();
await writeFile(join(dir, 'metrics.json'), JSON.stringify(record, null, 2));
await writeReport(join(dir, 'report.html'), record, {
  ...(await gallery(embedWith(backbone), split, augmentation)),
  conflicts: test && reliance && (await conflictPictures(test, reliance)),
});
printMeasures(record);
console.log(`\nWrote ${dir}/report.html (open it), metrics.json, and encoder/, an ordinary tfjs model.`);

function makeBackbone(): tf.LayersModel {
  return convEncoder({ inputShape: [size, size, 3], filters: config.filters, seed, batchNormalization });
}

/** All that is measured: what to compare with comes first, plain MoCo where it was trained. */
function features(): { [name: string]: Embed } {
  const trained = trainings.map(({ name, backbone }) => [name, embedWith(backbone)] as const);
  const [withNegatives, ...plain] = trained;
  const baselines = [['untrained', embedWith(makeBackbone())] as const, ['raw pixels', embedPixels] as const];
  return Object.fromEntries(
    plain.length > 0 ? [...plain, withNegatives, ...baselines] : [baselines[0], withNegatives, baselines[1]],
  );
}

/** Holds out a share of the concepts; the split depends on nothing but their number. */
function splitByConcept([first, ...others]: Pictures[], share: number): { split: Split; places: number[] } {
  const random = randomStream('split');
  const order = Array.from({ length: first.size }, (_, i) => ({ i, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ i }) => i);
  const heldOut = order.slice(0, Math.floor(share * first.size));
  const split = {
    train: first.pick(order.slice(heldOut.length)),
    heldOut: first.pick(heldOut),
    shifted: others.map((domain) => domain.pick(heldOut)),
  };
  return { split, places: heldOut };
}

function settings(): RunRecord['settings'] {
  const { filters, ...rest } = config;
  return { encoder: `stride-2 convolutions ${filters.join('-')}`, alpha, size, seed, ...rest };
}
