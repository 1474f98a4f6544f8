import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { batchNormalization, convEncoder, restoreTraining } from 'tfjs-nonsemantic-negatives';
import { temporaryFolder } from './support/temporaryFolder';
import { artifactsOf, makeModel, python, runPython, side, train, trainInPytorch } from './support/toPytorch';
import { photos, run, small } from './textures/command';

const describeWithPytorch = python ? describe : describe.skip;

const makeEncoder = () => convEncoder({ inputShape: [side, side, 3], filters: [4, 6], batchNormalization });

/** The images of all batches, by index; in the second run, after the first three. */
const order = `
import json, sys, torch
from argparse import Namespace
from data import Batches, Images
Images.__getitem__ = lambda self, index: (torch.tensor(index),) * 3
def indices(batch, steps, rank=0, world=1, batch_size=0):
    args = Namespace(images=sys.argv[1], textures=sys.argv[2], inputs=None, size=16, batch_size=4, workers=0, seed=5, steps=steps)
    batches = Batches(args, rank, world, dict(epoch=0, batch=batch, batch_size=batch_size))
    return [query.tolist() for query, _, _ in batches], [batches.epoch, batches.batch]
whole, end = indices(0, 7)
print(json.dumps(dict(whole=whole, end=end, rest=indices(3, 4)[0], smaller=indices(6, 4, batch_size=2)[0], ranks=[indices(0, 2, rank, 2)[0] for rank in range(2)])))
`;

/** Whether all pixels of the negatives are the query's. */
const patches = `
import json, sys
from argparse import Namespace
from data import Images
images = Images(Namespace(images=sys.argv[1], textures=None, size=16))
items = [images[i] for i in range(len(images))]
pixels = lambda x: {tuple(pixel) for pixel in x.flatten(1).T.tolist()}
print(json.dumps(dict(own=all(pixels(n) <= pixels(q) for q, _, n in items), same=any(bool((n == q).all()) for q, _, n in items))))
`;

/** Whether texture and query are the same view, where the textures are the images themselves. */
const views = `
import json, sys
from argparse import Namespace
from data import Images
images = Images(Namespace(images=sys.argv[1], textures=sys.argv[2], size=16))
items = [images[i] for i in range(len(images))]
print(json.dumps(dict(
    alike=max(float((q - t).abs().max()) for q, _, t in items), apart=min(float((q - k).abs().max()) for q, k, _ in items),
    shape=list(items[0][0].shape), min=min(float(q.min()) for q, _, _ in items), max=max(float(q.max()) for q, _, _ in items))))
`;

describeWithPytorch('a folder of images in PyTorch (skipped without it in .cache/pytorch)', () => {
  let images: string;
  let textures: string;
  let artifacts: Awaited<ReturnType<typeof artifactsOf>>;

  beforeAll(async () => {
    images = await photos(18);
    textures = join(temporaryFolder(), 'textures');
    const { code, stderr } = await run([images, textures, ...small]);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    const model = makeModel(makeEncoder);
    await train(model, 0, 2);
    artifacts = await artifactsOf(model, 2);
  });

  test.each(['patches', 'textures'])(
    'trains with its %s, and comes home at the right place of the epoch',
    async (kind) => {
      const options = ['--images', images, '--batch-size', '4', '--workers', '2', '--steps', '5'];
      const { home, losses } = trainInPytorch(artifacts, [
        ...options,
        ...(kind === 'textures' ? ['--textures', textures] : []),
      ]);
      expect(losses(0)).toHaveLength(5);
      expect(losses(0).every((loss) => loss > 0 && loss < 20)).toBe(true);
      // Four batches of four an epoch: two of them were behind it here.
      const model = makeModel(makeEncoder);
      expect(await restoreTraining({ model }, home)).toMatchObject({ epoch: 1, batch: 3, step: 7 });
    },
  );

  test('stops and resumes', () => {
    const dir = temporaryFolder();
    const options = ['--images', images, '--batch-size', '4', '--workers', '0', '--resume'];
    trainInPytorch(artifacts, [...options, '--steps', '3'], [], dir);
    const { printed } = trainInPytorch(artifacts, [...options, '--steps', '5'], [], dir);
    expect(printed.flatMap(({ step, epoch }) => (step === undefined ? [] : [[step, epoch]]))).toEqual([
      [5, 1],
      [6, 1],
    ]);
  });

  test('gives each image once an epoch, in the same order where it was stopped, and each process its own', () => {
    const [{ whole, end, rest, smaller, ranks }] = runPython(temporaryFolder(), ['-c', order, images, textures]);
    const epoch = whole.slice(0, 4).flat();
    expect(new Set(epoch).size).toBe(16);
    expect(whole.slice(4).flat()).not.toEqual(epoch.slice(0, 12));
    expect(end).toEqual([1, 3]);
    expect([rest, smaller]).toEqual([whole.slice(3), whole.slice(3)]);
    expect(new Set(ranks.flat(2)).size).toBe(16);
  });

  test('gives a texture the crop and the colors of the query', () => {
    const same = temporaryFolder();
    cpSync(images, same, { recursive: true, filter: (path) => !path.endsWith('.png') });
    for (let i = 0; i < 18; i++)
      cpSync(join(images, `class ${i % 2}/${i}.png`), join(same, `class ${i % 2}/${i}.png.png`));
    const [found] = runPython(temporaryFolder(), ['-c', views, images, same]);
    expect(found).toMatchObject({ alike: 0, shape: [3, 16, 16] });
    expect(found.apart).toBeGreaterThan(0.1);
    expect([found.min, found.max]).toEqual([expect.closeTo(-2.1, 0), expect.closeTo(2.6, 0)]);
  });

  test('makes patches of the query', () => {
    expect(runPython(temporaryFolder(), ['-c', patches, images])).toEqual([{ own: true, same: false }]);
  });

  test('names images without a texture', () => {
    const some = join(temporaryFolder(), 'some');
    cpSync(textures, some, { recursive: true });
    rmSync(join(some, 'class 1/3.png.png'));
    expect(() => runPython(temporaryFolder(), ['-c', views, images, some])).toThrow(
      'received none of 1: class 1/3.png.',
    );
  });
});
