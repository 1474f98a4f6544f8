import { join } from 'node:path';
import { projectionHead } from 'tfjs-nonsemantic-negatives';
import { augmentations, configs, makeBackbone, relianceSizes } from '../../quickstart/config';
import { emojiPictures } from '../../quickstart/emoji';
import { embedPixels, embedWith, measure } from '../../quickstart/measure';
import { makeRelianceTest, measureTest, relianceRecord } from '../../quickstart/reliance';
import { splitByConcept } from '../../quickstart/split';
import { train } from '../../quickstart/training';
import { arms } from './arms';
import { type RelianceRun, readRuns, writeRun } from './results';

const size = 32;

/** Makes the runs that are not there yet, all arms of a seed before the next seed; `false` if Ctrl-C stopped it. */
export async function makeRuns(names: readonly string[], seeds: readonly number[], backend: string): Promise<boolean> {
  const finished = await readRuns();
  const missing = seeds.flatMap((seed) =>
    names
      .filter((arm) => !finished.some((run) => run.arm === arm && run.seed === (arm === 'pixels' ? 0 : seed)))
      .map((arm) => ({ arm, seed: arm === 'pixels' ? 0 : seed })),
  );
  if (missing.length === 0) return true;
  const config = configs.native;
  const { pictures, groups, objects } = await emojiPictures(size);
  const { split, places } = splitByConcept(pictures, config.heldOut);
  const { training: augmentation, measured } = augmentations(size);
  const test = await makeRelianceTest(objects, { ...split.heldOut, places }, groups, relianceSizes.native);
  if (!test) throw new Error('Expected emoji that can be measured.');
  const done = new Set<string>();
  for (const { arm, seed } of missing) {
    const name = `${arm}-${seed}`;
    if (done.has(name)) continue;
    done.add(name);
    const backbone = makeBackbone(size, config.filters, seed);
    const { alpha } = arms[arm];
    let seconds = 0;
    if (alpha !== undefined) {
      const stateDir = join('runs', 'reproduce-reliance', name);
      const encoder = projectionHead(backbone, { units: 128, seed });
      const result = await train(encoder, split.train, {
        ...config,
        name,
        stateDir,
        resume: true,
        alpha,
        augmentation,
        seed,
      });
      if (!result) return false;
      seconds = result.seconds;
    }
    const embed = arm === 'pixels' ? embedPixels : embedWith(backbone);
    const { encoders, concepts, conflicts } = relianceRecord(await measureTest(test, { [name]: embed }));
    const { classes: _, ...figures } = encoders[name];
    const run: RelianceRun = {
      ...{ arm, seed, date: new Date().toISOString(), backend, seconds: Math.round(seconds) },
      settings: alpha === undefined ? { filters: config.filters } : { ...config, alpha },
      ...{ concepts, conflicts, figures },
      measures: await measure(embed, split, measured, true),
    };
    await writeRun(run);
    console.log(`${name}: shape over texture ${(100 * figures.shapeShare!.value).toFixed(1)} %`);
  }
  return true;
}
