import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { batchNormalization, convEncoder, restoreTraining } from 'tfjs-nonsemantic-negatives';
import { temporaryFolder } from './support/temporaryFolder';
import {
  artifactsOf,
  batch,
  inputsOf,
  makeModel,
  runPython,
  side,
  testWithPytorch,
  train,
  trainInPytorch,
  twice,
  writeInputs,
} from './support/toPytorch';

const makeEncoder = (splits: number) => () =>
  convEncoder({
    inputShape: [side, side, 3],
    filters: [4, 6],
    batchNormalization: (args) => batchNormalization({ ...args, splits }),
  });

const ranks = `
import json, torch, torch.distributed as dist
from moco import MoCo
dist.init_process_group('gloo')
form = dict(stem=[[3, 2, 3, 1]], pool=False, stages=[], head=[[2, 1]], queue=5, momentum=0.9)
model, rank = MoCo(form, shuffle=True), dist.get_rank()
for step in range(2):
    model.enqueue(torch.tensor([[10. * step + 2 * rank + 1], [10. * step + 2 * rank + 2]]))
seen = []
def encoder(x):
    seen.append(x.flatten().tolist())
    return 10 * x
model.encoder_k = torch.nn.Identity()
model.encoder_k.forward = encoder
own = torch.arange(8.)[:, None] + 8 * rank
keys = model.encode(own)
print(json.dumps(dict(rank=rank, queue=model.queue.flatten().tolist(), pointer=int(model.queue_ptr),
    own=own.flatten().tolist(), seen=seen[0], keys=keys.flatten().tolist())) + '\\n', end='', flush=True)
dist.destroy_process_group()
`;

describe('two processes of torchrun (skipped without PyTorch in .cache/pytorch)', () => {
  testWithPytorch('write the keys of both into the queue, and encode each other’s', () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'ranks.py'), ranks);
    const [first, second] = runPython(dir, [...twice, 'ranks.py']).sort((a, b) => a.rank - b.rank);
    // Keys 1 to 4, then 11 to 14, in the order of the ranks: the end of a queue of 5 lies within the second batch.
    for (const { queue, pointer } of [first, second]) expect([queue, pointer]).toEqual([[12, 13, 14, 4, 11], 3]);
    for (const { own, seen, keys } of [first, second]) {
      expect(keys).toEqual(own.map((x: number) => 10 * x));
      expect(seen).not.toEqual(own);
    }
    const all = [...first.seen, ...second.seen].sort((a, b) => a - b);
    expect(all).toEqual([...first.own, ...second.own]);
    expect(first.seen.some((x: number) => second.own.includes(x))).toBe(true);
  });

  testWithPytorch('compute what one computes here that normalizes a batch in two splits', async () => {
    const settings = { optimizer: { learningRate: 0.1 } };
    const whole = makeModel(makeEncoder(2), settings);
    await train(whole, 0, 3);
    const artifacts = await artifactsOf(whole, 3);
    const dir = temporaryFolder();
    writeInputs(
      join(dir, 'inputs.safetensors'),
      [3, 4, 5, 6, 7].map((step) => inputsOf(step)).map((views) => tf.stack(views)),
    );
    const options = ['--inputs', 'inputs.safetensors', '--steps', '5', '--no-shuffle'];
    const { home, losses, digests } = trainInPytorch(artifacts, options, twice, dir);
    expect(digests[0]).toBe(digests[1]);

    const expected = await train(whole, 3, 8);
    const both = losses(0).map((loss, i) => (loss + losses(1)[i]) / 2);
    expect(both).toHaveLength(5);
    for (const [i, loss] of both.entries()) expect(loss).toBeCloseTo(expected[i], 4);
    const continued = makeModel(makeEncoder(2), settings);
    await restoreTraining({ model: continued }, home);
    // The running statistics are those of the first process alone.
    const weightsOf = (model: typeof whole) => model.weights.filter(({ name }) => !/moving/.test(name));
    for (const [i, weight] of weightsOf(continued).entries()) {
      const other = weightsOf(whole)[i].read();
      expect(tf.max(tf.abs(tf.sub(weight.read(), other))).dataSync()[0]).toBeLessThan(1e-4);
    }
  });

  testWithPytorch('agree, lower the loss, and come home', async () => {
    const model = makeModel(makeEncoder(1));
    await train(model, 0, 5);
    const artifacts = await artifactsOf(model, 5);
    const dir = temporaryFolder();
    // Each image has a color of its own, in both views: something to learn.
    const steps = Array.from({ length: 120 }, (_, i) => {
      const [query, key, negative] = inputsOf(5 + i);
      const color = tf.randomNormal([batch, 1, 1, 3], 0, 3, 'float32', 1000 + i);
      return tf.stack([tf.add(query, color), tf.add(key, color), negative]);
    });
    writeInputs(join(dir, 'inputs.safetensors'), steps);
    // Alpha 2 collapses beside a queue of 10, as it is above 1 + τ log K.
    const options = ['--inputs', 'inputs.safetensors', '--steps', '120', '--alpha', '1'];
    const { home, losses, digests } = trainInPytorch(artifacts, options, twice, dir);
    expect(digests).toHaveLength(2);
    expect(digests[0]).toBe(digests[1]);
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    if (process.env.SHOW)
      console.log(
        losses(0)
          .map((x) => x.toFixed(2))
          .join(' '),
      );
    expect(losses(0)).toHaveLength(120);
    // It rises at first, as keys take the places of random rows and move along with the encoder.
    expect(mean(losses(0).slice(-20))).toBeLessThan(mean(losses(0).slice(20, 40)) - 0.1);
    expect((await restoreTraining({ model }, home)).step).toBe(125);
    expect(await train(model, 125, 126)).toEqual([expect.any(Number)]);
  });
});
