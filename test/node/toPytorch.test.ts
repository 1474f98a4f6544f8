import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  type ContrastiveElement,
  contrastiveDataset,
  convEncoder,
  cosineSchedule,
  patchNegative,
  residualEncoder,
  resNet18,
  resNet50,
  restoreTraining,
  stepDecay,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { checkpoint } from 'tfjs-nonsemantic-negatives/node';
import { encodeSafetensors, readSafetensors } from '../../examples/support/safetensors';
import { translate } from '../../examples/to-pytorch/form';
import { fromStored, toStored } from '../../examples/to-pytorch/state';
import { noiseBatch } from '../support/images';
import { temporaryFolder } from './support/temporaryFolder';
import {
  artifactsOf,
  batch,
  example,
  inputsOf,
  makeModel,
  python,
  runPython,
  type Settings,
  side,
  testWithPytorch,
  train,
  trainInPytorch,
  writeInputs,
} from './support/toPytorch';

const root = join(__dirname, '../..');
const inputShape = [side, side, 3];
const encoders = {
  convEncoder: () => convEncoder({ inputShape, filters: [4, 6], batchNormalization }),
  residualEncoder: () => residualEncoder({ inputShape, filters: [4, 6], blocks: [1, 2], batchNormalization }),
  resNet18: () => resNet18({ inputShape, batchNormalization }),
  resNet50: () => resNet50({ inputShape, batchNormalization }),
};

describe('a training', () => {
  test('has the names of torchvision’s ResNet', async () => {
    const model = makeModel(encoders.residualEncoder);
    const { form, names } = translate(await artifactsOf(model, 0));
    expect(form).toMatchObject({
      arch: 'residualEncoder',
      size: [16, 16],
      splits: 1,
      stem: [[3, 4, 3, 1]],
      pool: false,
      head: [
        [6, 6],
        [6, 4],
      ],
      queue: 10,
      momentum: 0.9,
    });
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
    writeFileSync(path, encodeSafetensors(toStored(artifacts)));
    const stored = readSafetensors(path);
    expect(stored.tensors.get('queue')!.shape).toEqual([4, 10]);
    expect([...stored.tensors.get('queue_ptr')!.values]).toEqual([6]);
    const home = fromStored(artifacts, stored);
    expect(Buffer.from(home.weightData as ArrayBuffer).equals(Buffer.from(artifacts.weightData))).toBe(true);
    expect(home.userDefinedMetadata).toEqual(artifacts.userDefinedMetadata);
    stored.tensors.delete('velocity.encoder_q.conv1.weight');
    expect(() => fromStored(artifacts, stored)).toThrow(
      'Expected a tensor velocity.encoder_q.conv1.weight, received none.',
    );
  });
});

/** A program that trains in a folder; run again, it continues from the newest checkpoint there. */
async function trainIn(dir: string, stopAt: number) {
  const { dataset, elements } = makeData();
  const model = makeModel(encoders.convEncoder);
  const saver = checkpoint({ dir, every: 5, model, dataset });
  const point = await saver.resume();
  const losses: number[] = [];
  const watch = {
    onBatchEnd(_: number, logs?: tfl.Logs) {
      losses.push(logs!.loss as number);
      if (model.optimizer.iterations >= stopAt) model.stopTraining = true;
    },
  };
  const callbacks = [saver, watch] as never;
  await model.fitDataset(elements, { epochs: 2, initialEpoch: point.epoch, verbose: 0, callbacks });
  return { model, losses, point };
}

/** Twelve batches an epoch. */
function makeData() {
  const dataset = contrastiveDataset(noiseBatch(12 * batch, side, side), { batchSize: batch, seed: 1 });
  return { dataset, elements: dataset.map(twoViews({ seed: 2 })).map(patchNegative({ seed: 3 })) };
}

function command(cwd: string, ...args: string[]): string {
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const program = ['--import', tsx, join(example, 'toPytorch.ts'), ...args];
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd, encoding: 'utf8', env });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe('the commands', () => {
  const out = ['run', 'moco.safetensors'];
  const home = ['run', 'trained.safetensors', '--back'];

  test('take the newest checkpoint out, and bring it back to the folder: the same program continues', async () => {
    const dir = temporaryFolder();
    await trainIn(join(dir, 'run'), 5);
    expect(command(dir, ...out)).toContain('step 5: wrote moco.safetensors.');
    const stored = readSafetensors(join(dir, 'moco.safetensors'));
    expect(stored.metadata).toMatchObject({ epoch: '0', batch: '5', batch_size: `${batch}`, step: '5' });
    // 31 images further, in smaller batches.
    Object.assign(stored.metadata, { epoch: '1', batch: '31', batch_size: '1', step: '30', learningRate: '0.007' });
    writeFileSync(join(dir, 'trained.safetensors'), encodeSafetensors(stored));
    expect(command(dir, ...home)).toContain('step-000000030.checkpoint.');
    const { point, losses, model } = await trainIn(join(dir, 'run'), 32);
    expect(point).toMatchObject({ epoch: 1, batch: 3, step: 30 });
    expect([losses.length, (model.optimizer as unknown as { learningRate: number }).learningRate]).toEqual([2, 0.007]);
    expect(() => command(dir, ...home)).toThrow('it holds step 32, from which its run would continue');
  });

  testWithPytorch('train 5 steps here, 5 in PyTorch and 5 here: as 15 here (skipped without PyTorch)', async () => {
    const whole = await trainIn(temporaryFolder(), 15);
    const dir = temporaryFolder();
    const { losses } = await trainIn(join(dir, 'run'), 5);
    command(dir, ...out);
    const pass = await makeData().elements.toArray();
    const steps = (pass as ContrastiveElement[]).slice(5, 10).map(({ xs }) => [xs.query, xs.key, xs.negative_0]);
    writeInputs(
      join(dir, 'inputs.safetensors'),
      steps.map((views) => tf.stack(views)),
    );
    const options = ['--inputs', 'inputs.safetensors', '--steps', '5'];
    const printed = runPython(dir, [join(example, 'train.py'), 'moco.safetensors', 'trained.safetensors', ...options]);
    losses.push(...printed.flatMap(({ loss }) => loss ?? []));
    command(dir, ...home);
    const last = await trainIn(join(dir, 'run'), 15);
    expect(last.point).toMatchObject({ epoch: 0, batch: 10, step: 10 });
    losses.push(...last.losses);
    expect(losses).toHaveLength(15);
    if (process.env.SHOW) console.log(distance(losses, whole.losses), weightDistance(last.model, whole.model));
    expect(distance(losses, whole.losses)).toBeLessThan(1e-4);
    expect(weightDistance(last.model, whole.model)).toBeLessThan(1e-4);
  });
});

/** Largest difference of numbers. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i] - b[i]));
  return max;
}

/** Largest difference of weights, relative to the largest of each tensor where that is above 1. */
function weightDistance(...models: [tfl.LayersModel, tfl.LayersModel]) {
  const [own, others] = models.map((model) => model.getWeights().map((w) => w.dataSync()));
  return Math.max(...own.map((w, i) => distance(w, others[i]) / Math.max(1, distance(w, new Float32Array(w.length)))));
}

interface Case extends Settings {
  encoder: keyof typeof encoders;
  schedule?: (time: number) => number;
  options?: string[];
  /** Steps before the handover. @default 5 */
  before?: number;
}

const cases: { [name: string]: Case } = {
  'convEncoder, handed over untrained': { encoder: 'convEncoder', before: 0 },
  'convEncoder, two negatives, clipped, a cosine with warm-up, the head of v1': {
    encoder: 'convEncoder',
    negatives: 2,
    hiddenUnits: [],
    optimizer: { clipNorm: 0.1, weightDecay: 1e-2, momentum: 0.8 },
    schedule: cosineSchedule({ from: 0.1, steps: 15, warmUp: 7 }),
    options: '--clip-norm 0.1 --weight-decay 0.01 --momentum 0.8 --lr 0.1 --total-steps 15 --warm-up 7'.split(' '),
  },
  residualEncoder: { encoder: 'residualEncoder' },
  resNet18: { encoder: 'resNet18' },
  resNet50: { encoder: 'resNet50', optimizer: { learningRate: 0.01 } },
};

describe.each(Object.entries(cases))('%s (skipped without PyTorch in .cache/pytorch)', (name, settings) => {
  const { encoder, schedule, options = [], before = 5 } = settings;
  // ResNet-50 takes minutes on two cores.
  const testHere = python && (process.env.LONG || encoder !== 'resNet50') ? test : test.skip;
  testHere(
    'some steps here, 5 in PyTorch and 5 here equal all of them here',
    async () => {
      const whole = makeModel(encoders[encoder], settings);
      const losses = await train(whole, 0, before, schedule);
      const artifacts = await artifactsOf(whole, before);
      losses.push(...(await train(whole, before, before + 10, schedule)));

      const dir = temporaryFolder();
      const steps = Array.from({ length: 5 }, (_, i) => tf.stack(inputsOf(before + i, whole.inputs.length)));
      writeInputs(join(dir, 'inputs.safetensors'), steps);
      const fixed = ['--inputs', 'inputs.safetensors', '--steps', '5'];
      const { home, losses: inPytorch } = trainInPytorch(artifacts, [...fixed, ...options], [], dir);
      const continued = makeModel(encoders[encoder], settings);
      const place = await restoreTraining({ model: continued }, home);
      expect([place.step, place.batch]).toEqual([before + 5, before + 5]);
      const last = await train(continued, before + 5, before + 10, schedule);
      expect([...inPytorch(0), ...last]).toHaveLength(10);
      const apart = distance(losses.slice(before), [...inPytorch(0), ...last]);
      if (process.env.SHOW) console.log(name, apart, weightDistance(whole, continued));
      expect(apart).toBeLessThan(1e-4);
      expect(weightDistance(whole, continued)).toBeLessThan(1e-4);
    },
    600_000,
  );
});

const resume = `
import json, torch, torchvision
from torch import nn
checkpoint = torch.load('moco.pth.tar', weights_only=True)
class Moco(nn.Module):
    def __init__(self, make):
        super().__init__()
        self.encoder_q, self.encoder_k = make(num_classes=4), make(num_classes=4)
        for encoder in (self.encoder_q, self.encoder_k):
            encoder.fc = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), encoder.fc)
        self.encoder_k.requires_grad_(False)
        self.register_buffer('queue', torch.zeros(4, 10))
        self.register_buffer('queue_ptr', torch.zeros(1, dtype=torch.long))
model = nn.DataParallel(Moco(torchvision.models.__dict__[checkpoint['arch']]))
model.load_state_dict(checkpoint['state_dict'])
optimizer = torch.optim.SGD(model.parameters(), 1)
optimizer.load_state_dict(checkpoint['optimizer'])
velocities = sum('momentum_buffer' in optimizer.state[p] for p in model.parameters())
trained = sum(p.requires_grad for p in model.parameters())
lr = optimizer.param_groups[0]["lr"]
print(json.dumps(dict(arch=checkpoint['arch'], epoch=checkpoint['epoch'], lr=lr, complete=velocities == trained)))
`;

testWithPytorch('the checkpoint is one that main_moco.py resumes from (skipped without PyTorch)', async () => {
  const model = makeModel(encoders.resNet18);
  await train(model, 0, 1);
  const artifacts = await artifactsOf(model, 1);
  (artifacts.userDefinedMetadata!.nonSemanticTraining as unknown as { epoch: number }).epoch = 7;
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'moco.safetensors'), encodeSafetensors(toStored(artifacts)));
  runPython(dir, [join(example, 'checkpoint.py'), 'moco.safetensors', 'moco.pth.tar']);
  expect(runPython(dir, ['-c', resume])).toEqual([{ arch: 'resnet18', epoch: 7, lr: 0.05, complete: true }]);
});

const rates = `
import json
from argparse import Namespace
from schedule import learning_rate
def rates(**options):
    args = Namespace(**{**dict(drops=None, total_steps=None, total_epochs=None, warm_up=0), **options})
    return [learning_rate(args, 0.3, time, time) for time in range(12)]
settings = dict(total_steps=10), dict(total_epochs=10, warm_up=3), dict(total_steps=4, warm_up=4), dict(drops=[3, 7])
print(json.dumps(dict(rates=[rates(**options) for options in settings])))
`;

testWithPytorch('schedules are those of the package (skipped without PyTorch)', () => {
  const schedules = [
    cosineSchedule({ from: 0.3, steps: 10 }),
    cosineSchedule({ from: 0.3, epochs: 10, warmUp: 3 }),
    cosineSchedule({ from: 0.3, steps: 4, warmUp: 4 }),
    stepDecay({ from: 0.3, at: [3, 7] }),
  ];
  const [{ rates: found }] = runPython(temporaryFolder(), ['-c', rates]);
  schedules.forEach((schedule, i) => {
    const expected = Array.from({ length: 12 }, (_, time) => schedule(time));
    expect(distance(found[i], expected)).toBeLessThan(1e-15);
  });
});
