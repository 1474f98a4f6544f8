import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportEncoder, projectionHead } from 'tfjs-nonsemantic-negatives';
import { chooseBackend, fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { augmentations, type Config, configs, makeBackbone, relianceSizes } from './config';
import { emojiPictures } from './emoji';
import { folderPictures } from './folder';
import { gallery } from './gallery';
import { chance, type Embed, embedPixels, embedWith, measure } from './measure';
import { readOptions } from './options';
import type { RunRecord } from './record';
import { conflictPictures, makeRelianceTest, measureTest, relianceRecord } from './reliance';
import { writeReport } from './report/report';
import { splitByConcept } from './split';
import { printMeasures } from './summary';
import { type TrainingOptions, train, wholeEpochs } from './training';

const options = readOptions();
const { name: backendName, description } = await chooseBackend(options.backend);
console.log(description);

const kind = ['wasm', 'cpu'].includes(backendName) ? 'wasm' : 'native';
const { size, seed, alpha } = options;
const { training: augmentation, measured: measuredView } = augmentations(size);

const { pictures, groups, objects } = options.images
  ? await folderPictures(options.images, size)
  : await emojiPictures(size);
const { split, places } = splitByConcept(pictures, configs[kind].heldOut);
const data = `${options.images ?? 'emoji'}: ${split.train.size} pictures to train on, ${split.heldOut.size} held out`;
console.log(data);

const { steps, ...rest } = configs[kind];
const config: Config = { ...rest, steps: wholeEpochs(options.steps ?? steps, split.train.size, rest.batchSize) };

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

const newBackbone = () => makeBackbone(size, config.filters, seed);
const backbone = newBackbone();
const trainings = [
  { name: 'with patch negatives', alpha, backbone },
  ...(options.compare ? [{ name: 'plain MoCo', alpha: 0, backbone: newBackbone() }] : []),
];
record.measures.untrained = await measure(embedWith(backbone), split, measuredView, hasLabels);
record.measures['raw pixels'] = await measure(embedPixels, split, measuredView, hasLabels);
record.measures.chance = chance(split, hasLabels);
for (const training of trainings) {
  const stateDir = join(dir, 'state', training.name.replaceAll(' ', '-'));
  const encoder = projectionHead(training.backbone, { units: 128, seed });
  const { filters: _, heldOut: __, ...schedule } = config;
  const settings: TrainingOptions = { ...schedule, ...training, stateDir, resume: options.resume, augmentation, seed };
  const result = await train(encoder, split.train, settings);
  if (!result) {
    console.log(
      `Stopped and saved. To continue: npm run quickstart -- ${[...process.argv.slice(2).filter((arg) => arg !== '--resume'), '--resume'].join(' ')}`,
    );
    process.exit(130);
  }
  record.trainings.push({ name: training.name, ...result });
  record.measures[training.name] = await measure(embedWith(training.backbone), split, measuredView, hasLabels);
}

const test = await makeRelianceTest(objects, { ...split.heldOut, places }, groups, relianceSizes[kind]);
const reliance = test && (await measureTest(test, features()));
if (reliance) record.reliance = relianceRecord(reliance);

await exportEncoder(backbone).save(fileSystem(join(dir, 'encoder')));
record.date = new Date().toISOString();
await writeFile(join(dir, 'metrics.json'), JSON.stringify(record, null, 2));
await writeReport(join(dir, 'report.html'), record, {
  ...(await gallery(embedWith(backbone), split, augmentation)),
  ...(test && reliance && (await conflictPictures(test, reliance))),
});
printMeasures(record);
console.log(`\nWrote ${dir}/report.html (open it), metrics.json, and encoder/, an ordinary tfjs model.`);

/** All that is measured: what to compare with comes first, plain MoCo where it was trained. */
function features(): { [name: string]: Embed } {
  const trained = trainings.map(({ name, backbone }) => [name, embedWith(backbone)] as const);
  const [withNegatives, ...plain] = trained;
  const baselines = [['untrained', embedWith(newBackbone())] as const, ['raw pixels', embedPixels] as const];
  return Object.fromEntries(
    plain.length > 0 ? [...plain, withNegatives, ...baselines] : [baselines[0], withNegatives, baselines[1]],
  );
}

function settings(): RunRecord['settings'] {
  const { filters, ...rest } = config;
  return { encoder: `stride-2 convolutions ${filters.join('-')}`, alpha, size, seed, ...rest };
}
