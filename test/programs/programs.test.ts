import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
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
import { severalHeads } from './severalHeads';
import type { Program } from './support/program';
import { type Outcome, runProgram } from './support/runProgram';
import { transferLearning } from './transferLearning';

declare const BACKEND: string;

const { LONG, PROGRAM, SEED = '0', SHOW } = process.env;
const programs = [
  mnist,
  gray,
  mobileNet,
  transferLearning,
  customLoop,
  generator,
  elu,
  regularized,
  callbacks,
  byol,
  layersOnly,
  severalHeads,
];
/** wasm takes every fourth program, native TensorFlow, six times as fast, the rest; `SEED` moves them on. */
const mine = (_: Program, i: number) => ((i + Number(SEED)) % 4 === 0) === (BACKEND === 'wasm');
const chosen = PROGRAM
  ? programs.filter(({ name }) => name.includes(PROGRAM))
  : LONG
    ? programs
    : programs.filter(mine);
const cases = (LONG ? [0, 1, 2] : [0]).flatMap((seed) => chosen.map((program) => ({ ...program, seed })));
// The cpu backend takes minutes for what the others do in seconds.
const onFastBackends = BACKEND === 'cpu' ? describe.skip : describe;

function check({ before, after, untrained, trained }: Outcome, { reads = 1, resumesAt = after.length }: Program): void {
  if (SHOW) console.log(JSON.stringify({ untrained, trained, before, after }));
  expect(before.length).toBeGreaterThan(2);
  expect(before.at(-1)?.loss).toBeLessThan(before[0].loss);

  expect(after.at(-1)?.loss).toBeLessThan(after[0].loss);
  expect(trained).toBeGreaterThan(untrained + 0.05);
  // In the first epoch the optimizer makes its slots, and the range of the values is read.
  for (const settled of [after.slice(1, resumesAt), after.slice(resumesAt + 1)]) {
    for (const epoch of settled) {
      expect(epoch.tensors).toBe(settled[0].tensors);
      expect(epoch.reads).toBeLessThanOrEqual(reads);
    }
  }
}

onFastBackends('losses fall, features find more images, and an epoch leaves no tensor and reads no step', () => {
  test.each(cases)(
    '$name (seed $seed)',
    async ({ seed, ...program }) => {
      check(await runProgram(program, seed), program);
    },
    300_000,
  );
});

(BACKEND === 'wasm' ? test : test.skip)('in a worker thread, without the union package', async () => {
  const code = `
    require('tsx/cjs/api').register();
    require(${JSON.stringify(join(__dirname, 'support/trainInThread.ts'))}).trainInThread();
  `;
  const worker = new Worker(code, { eval: true, workerData: { seed: 0 } });
  const [{ outcome, union }] = await once(worker, 'message');
  await worker.terminate();
  expect(union).toEqual([]);
  check(outcome, layersOnly);
});
