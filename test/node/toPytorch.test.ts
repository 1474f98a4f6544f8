import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  batchNormalization,
  contrastiveModel,
  convEncoder,
  nonSemanticInfoNCE,
  projectionHead,
  residualEncoder,
  resNet18,
  resNet50,
  restoreTraining,
  sgd,
  trainingArtifacts,
} from 'tfjs-nonsemantic-negatives';
import { readSafetensors } from '../../examples/from-pytorch/safetensors';
import { translate } from '../../examples/to-pytorch/form';
import { fromStored, toStored } from '../../examples/to-pytorch/state';
import { writeSafetensors } from '../../examples/to-pytorch/writeSafetensors';
import { temporaryFolder } from './support/temporaryFolder';

const root = join(__dirname, '../..');
const example = join(root, 'examples/to-pytorch');
const queueSize = 10;
const batch = 8;
const side = 16;

const encoders = {
  convEncoder: () => convEncoder({ inputShape: [side, side, 3], filters: [4, 6], batchNormalization }),
  residualEncoder: () =>
    residualEncoder({ inputShape: [side, side, 3], filters: [4, 6], blocks: [1, 2], batchNormalization }),
  resNet18: () => resNet18({ inputShape: [side, side, 3], batchNormalization }),
  resNet50: () => resNet50({ inputShape: [side, side, 3], batchNormalization }),
};

function makeModel(make: () => ReturnType<typeof convEncoder>) {
  const encoder = projectionHead(make(), { units: 4, seed: 1 });
  const model = contrastiveModel({ encoder, negatives: 1, queueSize, momentum: 0.9 });
  const optimizer = sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4 });
  model.compile({ optimizer, loss: nonSemanticInfoNCE() });
  return model;
}
type Model = ReturnType<typeof makeModel>;

/** The query, key and negative of a step. */
const inputsOf = (step: number) =>
  [0, 1, 2].map((i) => tf.randomNormal([batch, side, side, 3], 0, 1, 'float32', 10 * step + i + 1));

async function train(model: Model, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step < to; step++) {
    const xs = inputsOf(step);
    const labels = tf.zeros([batch, 1 + queueSize + 1]);
    losses.push((await model.trainOnBatch(xs, labels)) as number);
    tf.dispose([xs, labels]);
  }
  return losses;
}

const artifactsOf = (model: Model, step: number) => trainingArtifacts({ model }, { epoch: 0, batch: step });

describe('a training', () => {
  test('has the names of torchvision’s ResNet', async () => {
    const model = makeModel(encoders.residualEncoder);
    const { form, names } = translate(await artifactsOf(model, 0));
    expect([form.stem, form.pool, form.head, form.queue, form.momentum]).toEqual([
      [[3, 4, 3, 1]],
      false,
      [
        [6, 6],
        [6, 4],
      ],
      10,
      0.9,
    ]);
    expect(form.stages.map((blocks) => blocks.map(({ shortcut }) => shortcut))).toEqual([[null], [[4, 6, 1, 2], null]]);
    const own = [...names.values()].filter((name) => /^encoder_q\.(layer2\.0|fc).*weight$/.test(name));
    expect(own).toEqual(
      ['conv1', 'bn1', 'conv2', 'bn2', 'downsample.0', 'downsample.1']
        .map((name) => `encoder_q.layer2.0.${name}.weight`)
        .concat('encoder_q.fc.0.weight', 'encoder_q.fc.2.weight'),
    );
  });

  test('comes back from a file to the bit, and names a tensor that is missing', async () => {
    const model = makeModel(encoders.convEncoder);
    await train(model, 0, 2);
    const artifacts = await artifactsOf(model, 2);
    const path = join(temporaryFolder(), 'moco.safetensors');
    writeSafetensors(path, toStored(artifacts));
    const stored = readSafetensors(path);
    expect(stored.tensors.get('queue')!.shape).toEqual([4, 10]);
    expect([...stored.tensors.get('queue_ptr')!.values]).toEqual([6]);
    const home = fromStored(artifacts, stored);
    expect(Buffer.from(home.weightData as ArrayBuffer).equals(Buffer.from(artifacts.weightData))).toBe(true);
    stored.tensors.delete('velocity.encoder_q.conv1.weight');
    expect(() => fromStored(artifacts, stored)).toThrow(
      'Expected a tensor velocity.encoder_q.conv1.weight, received none.',
    );
  });
});

const python = [process.env.PYTORCH_PYTHON ?? '', join(root, '.cache/pytorch/bin/python')].find(existsSync);
const testWithPytorch = python ? test : test.skip;

/**
 * Continues a training in PyTorch by steps 5 to 9, or by 120 steps of pictures that can be told apart.
 *
 * @returns What comes home, and what was printed.
 */
function trainInPytorch(artifacts: tf.io.ModelArtifacts, launcher: string[], isLong = false) {
  const dir = temporaryFolder();
  const run = (...args: string[]) => {
    const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONPATH: example };
    const { status, stdout, stderr } = spawnSync(python!, args, { cwd: dir, encoding: 'utf8', env });
    expect(status === 0 ? '' : stderr).toBe('');
    return stdout;
  };
  const file = (name: string) => join(dir, name);
  writeSafetensors(file('moco.safetensors'), toStored(artifacts));
  const steps = Array.from({ length: isLong ? 120 : 5 }, (_, i) =>
    tf.tidy(() => {
      const inputs = inputsOf(5 + i);
      // Each image of the long training has a color of its own, in both views: something to learn.
      const color = tf.randomNormal([batch, 1, 1, 3], 0, 3, 'float32', 1000 + i);
      const views = isLong ? [tf.add(inputs[0], color), tf.add(inputs[1], color), inputs[2]] : inputs;
      return tf.transpose(tf.stack(views), [0, 1, 4, 2, 3]);
    }),
  );
  const inputs = tf.stack(steps);
  writeSafetensors(file('inputs.safetensors'), {
    metadata: {},
    tensors: new Map([['inputs', { shape: inputs.shape, values: inputs.dataSync() as Float32Array }]]),
  });
  run(join(example, 'checkpoint.py'), 'moco.safetensors', 'moco.pth.tar');
  const program = [join(example, 'train.py'), 'moco.pth.tar', 'trained.pth.tar', '--steps', `${steps.length}`];
  // Alpha 2 collapses beside a queue of 10, as it is above 1 + τ log K.
  const lines = run(...launcher, ...program, '--inputs', 'inputs.safetensors', ...(isLong ? ['--alpha', '1'] : []));
  run(join(example, 'checkpoint.py'), 'trained.pth.tar', 'trained.safetensors');
  const printed: { rank: number; loss?: number; digest?: string }[] = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { home: fromStored(artifacts, readSafetensors(file('trained.safetensors'))), printed };
}

/** Largest difference of weights, and of numbers. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

testWithPytorch.each(['convEncoder', 'residualEncoder', 'resNet18'] as const)(
  '%s: 5 steps here, 5 in PyTorch and 5 here are 15 here (skipped without PyTorch in .cache/pytorch)',
  async (name) => {
    const whole = makeModel(encoders[name]);
    const losses = await train(whole, 0, 5);
    const artifacts = await artifactsOf(whole, 5);
    losses.push(...(await train(whole, 5, 15)));

    const { home, printed } = trainInPytorch(artifacts, []);
    const continued = makeModel(encoders[name]);
    expect((await restoreTraining({ model: continued }, home)).step).toBe(10);
    const last = await train(continued, 10, 15);
    const inPytorch = printed.flatMap(({ loss }) => loss ?? []);
    expect(inPytorch).toHaveLength(5);
    const weights = [whole, continued].map((model) => model.getWeights().map((w) => w.dataSync()));
    const apart = Math.max(
      ...weights[0].map((w, i) => distance(w, weights[1][i]) / Math.max(1, distance(w, new Float32Array(w.length)))),
    );
    if (process.env.SHOW) console.log(name, distance(losses.slice(5), [...inPytorch, ...last]), apart);
    expect(distance(losses.slice(5), [...inPytorch, ...last])).toBeLessThan(1e-4);
    expect(apart).toBeLessThan(1e-4);
  },
  300_000,
);

const queueOrder = `
import json, os, torch, torch.distributed as dist
from moco import MoCo
dist.init_process_group('gloo')
form = dict(stem=[[3, 2, 3, 1]], pool=False, stages=[], head=[[2, 1]], queue=5, momentum=0.9)
model, rank = MoCo(form), dist.get_rank()
for step in range(2):
    model.enqueue(torch.tensor([[10. * step + 2 * rank + 1], [10. * step + 2 * rank + 2]]))
print(json.dumps(dict(rank=rank, queue=model.queue.flatten().tolist(), pointer=int(model.queue_ptr))) + '\\n', end='', flush=True)
dist.destroy_process_group()
`;

describe('two processes of torchrun (skipped without PyTorch in .cache/pytorch)', () => {
  const launcher = ['-W', 'ignore', '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2'];

  testWithPytorch(
    'write the keys of both into the queue, in the order of their ranks',
    () => {
      const dir = temporaryFolder();
      writeFileSync(join(dir, 'order.py'), queueOrder);
      const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONPATH: example };
      const { stdout } = spawnSync(python!, [...launcher, 'order.py'], { cwd: dir, encoding: 'utf8', env });
      const found = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      // Keys 1 to 4, then 11 to 14: the end of a queue of 5 lies within the second batch.
      const expected = { queue: [12, 13, 14, 4, 11], pointer: 3 };
      expect(found.sort((a, b) => a.rank - b.rank)).toEqual([
        { rank: 0, ...expected },
        { rank: 1, ...expected },
      ]);
    },
    120_000,
  );

  testWithPytorch(
    'agree, lower the loss, and come home',
    async () => {
      const model = makeModel(encoders.convEncoder);
      await train(model, 0, 5);
      const artifacts = await artifactsOf(model, 5);
      const { home, printed } = trainInPytorch(artifacts, launcher, true);
      const digests = printed.flatMap(({ digest }) => digest ?? []);
      expect(digests).toHaveLength(2);
      expect(digests[0]).toBe(digests[1]);
      const losses = printed.flatMap(({ loss, rank }) => (rank === 0 ? (loss ?? []) : []));
      const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
      if (process.env.SHOW) console.log(losses.map((x) => x.toFixed(2)).join(' '));
      expect(losses).toHaveLength(120);
      // It rises at first, as keys take the places of random rows and move along with the encoder.
      expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(20, 40)) - 0.1);
      expect((await restoreTraining({ model }, home)).step).toBe(125);
      expect(await train(model, 125, 126)).toEqual([expect.any(Number)]);
    },
    120_000,
  );
});
