import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from 'tfjs-nonsemantic-negatives';
import { accelerate, compiled, compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { glorot, labels, type MakeProgram, noise, trainBeside } from './support';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? describe : describe.skip;

const program =
  (makeOptimizer: () => tf.Optimizer, sizes = [8]): MakeProgram =>
  () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({ inputShape: [6], units: 7, activation: 'relu', kernelInitializer: glorot(1) }),
        tfl.layers.batchNormalization(),
        tfl.layers.dense({ units: 5, activation: 'softmax', kernelInitializer: glorot(2) }),
      ],
    });
    model.compile({ optimizer: makeOptimizer(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const batch = (step: number) => {
      const count = sizes[step % sizes.length];
      return [noise([count, 6], step), labels(count, 5, step)];
    };
    return { model, batch };
  };
const momentum = () => sgd({ learningRate: 0.05, momentum: 0.9 });
const args = { assumePure: true, auditEvery: 5 };

test.each([{ assumePure: 1 }, { auditEvery: 0 }, { audit: 3 }])('refuses %j', async (wrong) => {
  expect(() => compiled(() => undefined, wrong as never)).toThrow(/^Expected .* for .*, received .*\.$/);
  await expect(compileModel(program(momentum)().model, wrong as never)).rejects.toThrow(/^Expected /);
});

onTensorFlow('assumePure', () => {
  let restore = () => {};
  beforeAll(async () => {
    ({ restore } = await accelerate());
  });
  afterAll(() => restore());

  test.each([
    ['sgd', momentum],
    ['adam', () => tf.train.adam(0.01)],
  ])('%s: the same as eager steps, and JavaScript runs for audits alone', async (_, makeOptimizer) => {
    const { steps } = await trainBeside(program(makeOptimizer), { steps: 32, args });
    // One is eager, two are recorded, one is verified, four are calm; then each sixth is an audit.
    expect(steps).toMatchObject({ eager: 1, recorded: 2, verified: 1 });
    expect(steps.fast).toBeGreaterThanOrEqual(18);
  });

  test('changes that plain fields show have their effect at once', async () => {
    const { steps } = await trainBeside(program(momentum, [8, 8, 8, 8, 8, 8, 6]), {
      steps: 80,
      args,
      beforeStep: (step, model) => {
        const optimizer = model.optimizer as unknown as { learningRate: number };
        if (step === 20) optimizer.learningRate = 0.01;
        if (step === 31) model.weights[0].write(tf.mul(model.weights[0].read(), 0.5));
        if (step === 40) model.layers[0].trainable = false;
        if (step === 60)
          model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError', metrics: ['accuracy'] });
      },
    });
    expect(steps.fast).toBeGreaterThan(15);
  });

  test('snapshots, reads and clones between fast steps', async () => {
    const snapshots: tf.Tensor[][] = [];
    await trainBeside(program(momentum), {
      steps: 30,
      args,
      beforeStep: (step, model) => {
        if (step === 0) snapshots.push([]);
        if (step % 4 === 1) snapshots.at(-1)!.push(...model.weights.map((weight) => tf.clone(weight.read())));
        if (step % 7 === 1) model.weights[1].read().dataSync();
      },
    });
    const [eager, graph] = snapshots.map((list) => list.map((tensor) => Array.from(tensor.dataSync())));
    expect(graph).toEqual(eager);
    tf.dispose(snapshots);
  });

  test('results keep their structure, nothing is left, and a failing step throws what it throws eagerly', () => {
    const state = tf.variable(tf.scalar(1));
    let calls = 0;
    const step = compiled(
      (x: tf.Tensor, indices: tf.Tensor) => {
        calls++;
        return tf.tidy(() => {
          state.assign(tf.add(state, 1) as tf.Scalar);
          const picked = tf.gatherND(x, indices);
          return { sum: tf.sum(picked), list: [tf.mul(picked, state)] };
        });
      },
      { assumePure: true },
    );
    const x = tf.tensor1d([1, 2, 3]);
    const [good, bad] = [2, 9].map((index) => tf.tensor2d([[index]], [1, 1], 'int32'));
    for (let i = 0; i < 8; i++) tf.dispose(step(x, good));
    const before = tf.memory().numTensors;
    const result = step(x, good);
    expect(calls).toBe(8);
    expect([result.sum.dataSync()[0], result.list[0].dataSync()[0], state.dataSync()[0]]).toEqual([3, 30, 10]);
    tf.dispose(result);
    expect(tf.memory().numTensors).toBe(before);
    expect(() => step(x, bad)).toThrow(/indices/);
    tf.dispose(step(x, good));
    const { steps } = step.report();
    step.dispose();
    expect(steps.fast).toBeGreaterThanOrEqual(1);
  });
});
