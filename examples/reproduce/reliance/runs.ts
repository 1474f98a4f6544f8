import type { ImageSource } from 'tfjs-nonsemantic-negatives';
import { makeBackbone } from '../../quickstart/config';
import { embedPixels, embedWith, measure } from '../../quickstart/measure';
import { measureTest, relianceRecord } from '../../quickstart/reliance';
import { arms } from './arms';
import { config, makeData, side } from './data';
import { type RelianceRun, readRuns, writeRun } from './results';
import { withTextures } from './textures';
import { train } from './train';

/** Makes the runs that are not there yet, all arms of a seed before the next seed. */
export async function makeRuns(names: readonly string[], seeds: readonly number[], backend: string): Promise<void> {
  const finished = await readRuns();
  // Pixels have no seed.
  const asked = seeds.flatMap((seed, i) =>
    names.filter((arm) => arm !== 'pixels' || i === 0).map((arm) => ({ arm, seed: arm === 'pixels' ? 0 : seed })),
  );
  const missing = asked.filter(({ arm, seed }) => !finished.some((run) => run.arm === arm && run.seed === seed));
  if (missing.length === 0) return;
  const { split, test, views } = await makeData();
  let textures: ImageSource | undefined;
  for (const { arm, seed } of missing) {
    const name = `${arm}-${seed}`;
    const backbone = makeBackbone(side, config.filters, seed);
    const { training: how } = arms[arm];
    if (how?.negatives?.includes('texture')) textures ??= await withTextures(split.train);
    const images = how?.negatives?.includes('texture') ? textures! : split.train;
    const training = how && (await train(backbone, { arm: how, images, config, augmentation: views.training, seed }));
    const embed = arm === 'pixels' ? embedPixels : embedWith(backbone);
    const { encoders, concepts, conflicts } = relianceRecord(await measureTest(test, { [name]: embed }));
    const { classes: _, ...figures } = encoders[name];
    const run: RelianceRun = {
      ...{ arm, seed, date: new Date().toISOString(), backend },
      settings: how ? { ...config, alpha: 0, ...how } : { filters: config.filters },
      ...{ training, concepts, conflicts, figures },
      measures: await measure(embed, split, views.measured, true),
    };
    await writeRun(run);
    console.log(`${name}: shape over texture ${(100 * figures.shapeShare!.value).toFixed(1)} %`);
  }
}
