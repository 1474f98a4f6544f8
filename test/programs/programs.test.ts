import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { byol } from './byol';
import { callbacks } from './callbacks';
import { customLoop } from './customLoop';
import { elu } from './elu';
import { generator } from './generator';
import { gray } from './gray';
import { layersOnly } from './layersOnly';
import { mnist } from './mnist';
import { mobileNet } from './mobileNet';
import { regularized } from './regularized';
import { transferLearning } from './transferLearning';
import { imageRecall } from './support/imageRecall';
import { drawShapes } from './support/shapes';
import { Watch } from './support/watch';

declare const BACKEND: string;

const programs = [mnist, gray, mobileNet, transferLearning, customLoop, generator, elu, regularized, callbacks, byol, layersOnly];
const seeds = process.env.LONG ? [0, 1, 2] : [0];
const isMeant = (name: string) => new RegExp(process.env.PROGRAM ?? '').test(name);
/** The cpu backend takes minutes for what the others do in seconds. */
const cases = BACKEND === 'cpu' ? [] : programs.filter(({ name }) => isMeant(name)).flatMap((program) => seeds.map((seed) => ({ ...program, seed })));

/** Programs do not seed their weights: with `Math.random` of a seed they are the same in every run. */
beforeEach(() => void jest.spyOn(Math, 'random'));
afterEach(() => jest.restoreAllMocks());

(cases.length > 0 ? test.each(cases) : test.skip.each([{ name: 'programs', seed: 0 } as never]))(
  '$name, seed $seed: trains before and after, and finds more images',
  async ({ size, channels, reads = 1, seed, before, after }: (typeof cases)[number]) => {
    jest.mocked(Math.random).mockImplementation(randomStream('program', seed));
    const images = drawShapes(seed, 256, size, channels);
    const lossesOf = ({ epochs }: Watch) => epochs.map(({ loss }) => loss);

    const plain = new Watch();
    await before(images, plain).finally(() => plain.close());
    const [first, ...rest] = lossesOf(plain);
    expect(rest.at(-1)).toBeLessThan(first);

    const adopted = new Watch();
    const encoder = await after(images, adopted).finally(() => adopted.close());
    const losses = lossesOf(adopted);
    const trained = await imageRecall(encoder);
    if (process.env.SHOW) console.log(JSON.stringify({seed, size, untrained: adopted.untrained, trained, epochs: adopted.epochs, before: lossesOf(plain)}));
    expect(losses.at(-1)).toBeLessThan(losses[0]);
    expect(trained).toBeGreaterThan(adopted.untrained + 0.05);

    const settled = adopted.epochs.slice(1);
    expect(new Set(settled.map(({ tensors }) => tensors)).size).toBe(1);
    expect(Math.max(...settled.map((epoch) => epoch.reads))).toBeLessThanOrEqual(reads);
    tf.dispose([images.xs, images.ys]);
  },
);
