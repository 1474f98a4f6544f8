import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { batchNormalization, sgd } from 'tfjs-nonsemantic-negatives';
import { accelerate, compiled, compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { glorot, labels, type MakeProgram, noise, trainBeside } from './support';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? describe : describe.skip;

function network(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3, kernelInitializer: glorot(1) }),
      batchNormalization({}),
      tfl.layers.reLU(),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 5, activation: 'softmax', kernelInitializer: glorot(2) }),
    ],
  });
}
const compile = (model: tfl.LayersModel, optimizer: tf.Optimizer) =>
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
const momentum = () => sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3 });
const batchOf = (count: number, step: number) => [noise([count, 6, 6, 3], step), labels(count, 5, step)];
const program =
  (sizes = [8], makeOptimizer: () => tf.Optimizer = momentum): MakeProgram =>
  () => {
    const model = network();
    compile(model, makeOptimizer());
    return { model, batch: (step) => batchOf(sizes[step % sizes.length], step) };
  };
const numTensors = () =>
  (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
const optimizerOf = (model: tfl.LayersModel) =>
  model.optimizer as unknown as { learningRate: number; momentum: number };

onTensorFlow('what changes between steps', () => {
  let restore = () => {};
  beforeAll(async () => {
    ({ restore } = await accelerate());
  });
  afterAll(() => restore());

  test('a learning rate that changes at each step', async () => {
    const beforeStep = (step: number, model: tfl.LayersModel) => {
      optimizerOf(model).learningRate = 0.05 * Math.cos(step / 20);
    };
    const { steps, graphs } = await trainBeside(program(), { steps: 12, beforeStep });
    expect(steps).toMatchObject({ eager: 1, recorded: 2, graph: 8 });
    // Images, labels, and everything that changes in one tensor.
    expect(graphs[0].fed).toBe(3);
  });

  test('a learning rate and a momentum that change late, or once', async () => {
    const beforeStep = (step: number, model: tfl.LayersModel) => {
      if (step >= 6) optimizerOf(model).learningRate = 0.05 / step;
      if (step === 9) optimizerOf(model).momentum = 0.5;
    };
    const { steps, graphs } = await trainBeside(program(), { steps: 20, beforeStep });
    // The graph is built anew for either of them.
    expect(steps).toMatchObject({ eager: 3, recorded: 4, verified: 3, graph: 10 });
    expect(graphs).toHaveLength(1);
  });

  test('momentum that is turned off and on: the recording is renewed', async () => {
    const beforeStep = (step: number, model: tfl.LayersModel) => {
      optimizerOf(model).momentum = step >= 6 && step < 16 ? 0 : 0.9;
    };
    const { reasons, steps } = await trainBeside(program(), { steps: 30, beforeStep });
    expect(steps.graph).toBeGreaterThan(10);
    expect(Object.keys(reasons).length).toBeGreaterThan(1);
  });

  test('batches of two sizes, and a small last one', async () => {
    const { graphs, steps } = await trainBeside(program([8, 8, 6, 8, 8, 3]), { steps: 40 });
    expect(graphs).toHaveLength(3);
    expect(steps.graph).toBe(40 - 3 * 4);
  });

  test('weights that somebody else writes', async () => {
    const { steps } = await trainBeside(program(), {
      steps: 14,
      beforeStep: (step, model) => {
        if (step === 6) model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.9)));
        if (step === 8) model.weights[0].write(tf.zerosLike(model.weights[0].read()));
        if (step > 10) model.weights[2].write(tf.mul(model.weights[2].read(), 0.5));
      },
    });
    expect(steps.graph).toBe(10);
  });

  test('layers that are frozen and thawed', async () => {
    const beforeStep = (step: number, model: tfl.LayersModel) => {
      const isFrozen = step >= 6 && step < 14;
      if (model.layers[0].trainable === isFrozen) model.layers[0].trainable = !isFrozen;
    };
    const { steps } = await trainBeside(program(), { steps: 24, beforeStep });
    expect(steps.graph).toBeGreaterThan(8);
  });

  test('another optimizer, and another loss', async () => {
    const beforeStep = (step: number, model: tfl.LayersModel) => {
      if (step === 6) compile(model, tf.train.adam(0.01));
      if (step === 14) model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    };
    const { steps } = await trainBeside(program(), { steps: 22, beforeStep });
    expect(steps.graph).toBeGreaterThan(8);
  });

  test('predictions, evaluation and reads between steps', async () => {
    const seen: number[][][] = [];
    const run = () => {
      const values: number[][] = [];
      seen.push(values);
      return (step: number, model: tfl.LayersModel) => {
        if (step === 0) values.length = 0;
        const x = noise([2, 6, 6, 3], 77);
        const read = () => [model.predict(x) as tf.Tensor, ...model.weights.map((weight) => weight.read())];
        if (step % 3 === 0) for (const tensor of read()) values.push(Array.from(tensor.dataSync()));
      };
    };
    let beforeStep = run();
    const twice = (step: number, model: tfl.LayersModel) => {
      if (step === 0 && seen[0].length > 0) beforeStep = run();
      beforeStep(step, model);
    };
    await trainBeside(program(), { steps: 12, beforeStep: twice });
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('snapshots keep the values of their step', async () => {
    const snapshots: tf.Tensor[][] = [];
    await trainBeside(program(), {
      steps: 12,
      beforeStep: (step, model) => {
        if (step === 0) snapshots.push([]);
        snapshots.at(-1)!.push(...model.weights.map((weight) => tf.clone(weight.read())));
      },
    });
    const [eager, graph] = snapshots.map((list) => list.map((tensor) => Array.from(tensor.dataSync())));
    expect(graph).toEqual(eager);
    tf.dispose(snapshots);
  });

  test('two models at once, and a function that trains a third part of one', async () => {
    const train = async (isCompiled: boolean) => {
      const models = [program()().model, program([8], () => tf.train.adam(0.01))().model];
      const handles = isCompiled ? await Promise.all(models.map((model) => compileModel(model))) : [];
      const optimizer = tf.train.sgd(0.01);
      const penalize = () => {
        const variables = models.map(({ weights }) => weights[0].read() as unknown as tf.Variable);
        const loss = () => tf.addN(variables.map((variable) => tf.sum(tf.square(variable)))) as tf.Scalar;
        return optimizer.minimize(loss, true, variables)!;
      };
      const step = isCompiled ? compiled(penalize) : penalize;
      const losses: number[] = [];
      for (let i = 0; i < 10; i++) {
        const [x, y] = batchOf(8, i);
        for (const model of models) losses.push(...((await model.trainOnBatch(x, y)) as number[]));
        losses.push(step().dataSync()[0]);
      }
      const weights = models.map(({ weights }) => weights.map((weight) => Array.from(weight.read().dataSync())));
      const graphs = [...handles, ...(isCompiled ? [step as ReturnType<typeof compiled>] : [])].map((handle) => {
        const { steps } = handle.report();
        handle.dispose();
        return steps.graph;
      });
      return { losses, weights, graphs };
    };
    const [eager, graph] = [await train(false), await train(true)];
    expect(graph.losses).toEqual(eager.losses);
    expect(graph.weights).toEqual(eager.weights);
    expect(graph.graphs).toEqual([6, 6, 6]);
  });

  test('a step that throws leaves what it leaves eagerly, and the next ones go on', async () => {
    const train = (wrap: <F extends (...args: never[]) => unknown>(f: F) => F) => {
      const first = tf.variable(tf.tensor1d([1, 2, 3]));
      const second = tf.variable(tf.scalar(1));
      let isBroken = false;
      const step = wrap((x: tf.Tensor, indices: tf.Tensor) =>
        tf.tidy(() => {
          first.assign(tf.add(first, 1));
          const picked = tf.gatherND(x, indices);
          if (isBroken) throw new Error('broken');
          second.assign(tf.add(second, tf.mean(picked)) as tf.Scalar);
          return tf.sum(picked);
        }),
      );
      const x = tf.tensor1d([1, 2, 3, 4]);
      const [good, bad] = [2, 9].map((index) => tf.tensor2d([[0], [index]], [2, 1], 'int32'));
      const log: unknown[] = [];
      for (let i = 0; i < 14; i++) {
        isBroken = i === 9;
        try {
          log.push(step(x, i === 6 || i === 7 ? bad : good).dataSync()[0]);
        } catch (error) {
          log.push((error as Error).message);
        }
        log.push(Array.from(first.dataSync()), Array.from(second.dataSync()));
      }
      return { log, report: (step as unknown as ReturnType<typeof compiled>).report };
    };
    const eager = train((step) => step);
    const graph = train((step) => compiled(step as never) as never);
    expect(graph.log).toEqual(eager.log);
    expect(graph.report()).toMatchObject({ runs: 'graph', steps: { graph: 7 } });
  });

  test('what a step keeps, and a tensor that only some steps keep', () => {
    const run = (wrap: <F extends (...args: never[]) => unknown>(f: F) => F) => {
      const kept: tf.Tensor[] = [];
      let count = 0;
      const step = wrap((x: tf.Tensor) =>
        tf.tidy(() => {
          const y = tf.exp(x);
          kept.push(tf.keep(tf.add(y, 1)));
          if (count++ % 5 === 4) kept.push(tf.keep(y));
          return tf.sum(y);
        }),
      );
      for (let i = 0; i < 12; i++) kept.push(step(tf.fill([3], i / 10)));
      return kept.map((tensor) => Array.from(tensor.dataSync()));
    };
    expect(run((step) => compiled(step as never) as never)).toEqual(run((step) => step));
  });

  test('variables that are assigned by turns are not mixed up', () => {
    const run = (wrap: <F extends (...args: never[]) => unknown>(f: F) => F) => {
      const [a, b] = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0))];
      let count = 0;
      const step = wrap((x: tf.Tensor) =>
        tf.tidy(() => {
          const turn = count++ > 6 && count % 2 === 0;
          (turn ? b : a).assign(tf.add(x, 1) as tf.Scalar);
          (turn ? a : b).assign(tf.mul(x, 2) as tf.Scalar);
          if (count % 5 === 0) a.assign(b as tf.Scalar);
        }),
      );
      const log: number[] = [];
      for (let i = 0; i < 16; i++) {
        step(tf.scalar(i));
        log.push(a.dataSync()[0], b.dataSync()[0]);
      }
      return log;
    };
    expect(run((step) => compiled(step as never) as never)).toEqual(run((step) => step));
  });

  test('fitDataset, fit and evaluate, with callbacks', async () => {
    const train = async (isCompiled: boolean) => {
      const model = network();
      compile(model, momentum());
      const handle = isCompiled ? await compileModel(model) : undefined;
      const seen: number[] = [];
      const callbacks = {
        onBatchEnd: async () => void seen.push(model.weights[0].read().dataSync()[0]),
      };
      const [x, y] = batchOf(21, 3);
      const { history } = await model.fit(x, y, { batchSize: 8, epochs: 6, shuffle: false, verbose: 0, callbacks });
      const scores = (await model.evaluate(x, y)) as tf.Scalar[];
      const report = handle?.report();
      handle?.restore();
      return { history, scores: scores.map((score) => score.dataSync()[0]), seen, report };
    };
    const { report: _, ...eager } = await train(false);
    const { report, ...graph } = await train(true);
    expect(graph).toEqual(eager);
    expect(report!.steps).toMatchObject({ eager: 2, recorded: 4, verified: 2, graph: 10 });
  });

  test('restore gives the model its own function and TensorFlow’s tensors back, and leaves nothing', async () => {
    const { binding } = tf.backend() as unknown as { binding: object };
    const { model, batch } = program()();
    const own = (model as unknown as { model: object }).model;
    const before = Object.getOwnPropertyNames(own);
    const data = batch(0);
    await model.trainOnBatch(data[0], data[1]);
    const [tensors, natives] = [tf.memory().numTensors, numTensors()];
    const { restore, report } = await compileModel(model);
    for (let i = 0; i < 8; i++) await model.trainOnBatch(data[0], data[1]);
    expect(report().steps.graph).toBe(4);
    restore();
    restore();
    expect(Object.getOwnPropertyNames(own)).toEqual(before);
    expect((tf.backend() as unknown as { binding: object }).binding).toBe(binding);
    expect([tf.memory().numTensors, numTensors()]).toEqual([tensors, natives]);
    await model.trainOnBatch(data[0], data[1]);
    expect(report()).toMatchObject({ runs: 'eager', graphs: [] });
  });

  const steps = process.env.LONG ? 20_000 : 200;
  test.each([false, true])(
    `${steps} steps leave no tensor, graph and file, assumePure: %s`,
    async (assumePure) => {
      const { readdirSync } = await import('node:fs');
      const { tmpdir } = await import('node:os');
      const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`tfjs-graph-${process.pid}`));
      const { model, batch } = program()();
      const { restore, report } = await compileModel(model, { assumePure });
      const [x, y] = batch(0);
      for (let i = 0; i < 8; i++) await model.trainOnBatch(x, y);
      const before = [tf.memory().numTensors, numTensors()];
      const memory = () => process.memoryUsage().rss / 2 ** 20;
      let early = 0;
      for (let i = 0; i < steps; i++) {
        await model.trainOnBatch(x, y);
        if (i === steps >> 2) early = memory();
      }
      expect([tf.memory().numTensors, numTensors()]).toEqual(before);
      expect(folders()).toEqual([]);
      expect(report().graphs).toHaveLength(1);
      expect(report().steps[assumePure ? 'fast' : 'graph']).toBeGreaterThan(0.9 * steps);
      if (process.env.LONG) expect(memory() - early).toBeLessThan(20);
      restore();
    },
    3_600_000,
  );
});
