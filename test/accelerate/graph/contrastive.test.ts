import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  contrastiveDataset,
  memoryQueue,
  momentumEncoder,
  nonSemanticInfoNCE,
  patchNegative,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { accelerate, type CompileArgs, compiled, compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { checkpoint } from 'tfjs-nonsemantic-negatives/node';
import { glorot } from './support';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? describe : describe.skip;

const side = 16;
function contrastive(): tfl.LayersModel {
  const encoder = tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        inputShape: [side, side, 3],
        filters: 4,
        kernelSize: 3,
        strides: 2,
        kernelInitializer: glorot(1),
      }),
      batchNormalization({}),
      tfl.layers.reLU(),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 6, kernelInitializer: glorot(2) }),
    ],
  });
  const inputs = ['query', 'key', 'negative_0'].map((name) => tfl.input({ name, shape: [side, side, 3] }));
  const embeddings = momentumEncoder({ encoder, momentum: 0.9 }).apply(inputs);
  const outputs = memoryQueue({ size: 32, seed: 1 }).apply(embeddings) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs, outputs });
  model.compile({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), loss: nonSemanticInfoNCE() });
  return model;
}
/** tfjs numbers the names of layers on, which stand in the second line; nothing else may differ. */
function withoutNames(file: string): string {
  const weights = file.indexOf('\n', file.indexOf('\n') + 1);
  const header = file.slice(0, weights).replace(/"sha256":"\w+"/, '');
  return header.replace(/([A-Za-z_])\d+/g, '$1') + file.slice(weights);
}

type Train = (data: tf.Tensor[]) => tf.Scalar[];
const trainFunctionOf = (model: tfl.LayersModel) =>
  (model as unknown as { makeTrainFunction(): Train }).makeTrainFunction();
const picture = (i: number) =>
  tf.tidy(() => tf.cast(tf.randomUniform([side, side, 3], 0, 256, 'float32', i + 1), 'int32'));

interface Made {
  id: number;
  dtype: number;
}
interface Native {
  createTensor(shape: number[], dtype: number, values: unknown): number;
  executeOp(...call: unknown[]): Made[];
  runSavedModel(session: number, ids: number[], inputs: string, outputs: string): Made[];
}

/** Calls `note` with the types of what each run of a graph is fed with; stands in front of the binding for good. */
function spyOnFeeds(note: (types: (number | undefined)[]) => void): void {
  const backend = tf.backend() as unknown as { binding: Native };
  const real = backend.binding;
  const types = new Map<number, number>();
  const seen = (made: Made[]) => {
    for (const { id, dtype } of made) types.set(id, dtype);
    return made;
  };
  const front: Native = {
    createTensor(shape, dtype, values) {
      const id = real.createTensor(shape, dtype, values);
      seen([{ id, dtype }]);
      return id;
    },
    executeOp: (...call) => seen(real.executeOp(...call)),
    runSavedModel(session, ids, inputs, outputs) {
      note(ids.map((id) => types.get(id)));
      return seen(real.runSavedModel(session, ids, inputs, outputs));
    },
  };
  const properties = Object.entries(front).map(([name, value]) => [name, { value, writable: true }]);
  backend.binding = Object.create(real, Object.fromEntries(properties));
}

onTensorFlow('contrastive training', () => {
  let restore = () => {};
  /** The types of what the last graph was fed with, as TensorFlow's numbers. */
  let fedTypes: (number | undefined)[] = [];
  beforeAll(async () => {
    spyOnFeeds((types) => {
      fedTypes = types;
    });
    ({ restore } = await accelerate());
  });
  afterAll(() => restore());

  test.each(['views and negatives', 'views, negatives and the step'])('%s are one graph', (what) => {
    const images = tf.tidy(() => tf.stack([0, 1, 2, 3, 4, 5, 6, 7].map(picture))) as tf.Tensor4D;
    const labels = tf.zeros([8, 1]);
    const train = (isCompiled: boolean) => {
      const step = trainFunctionOf(contrastive());
      const [views, negatives] = [twoViews(), patchNegative()];
      const transform = (x: tf.Tensor4D) => tf.tidy(() => negatives(views(x as never) as never) as never);
      const inner = isCompiled && what === 'views and negatives' ? compiled(transform) : transform;
      const whole = (x: tf.Tensor4D) =>
        tf.tidy(() => {
          const { xs } = inner(x) as unknown as { xs: Record<string, tf.Tensor> };
          return step([xs.query, xs.key, xs.negative_0, labels])[0];
        });
      const outer = isCompiled && inner === transform ? compiled(whole) : whole;
      const losses = Array.from({ length: 12 }, () => tf.tidy(() => outer(images).dataSync()[0]));
      const { report } = (inner === transform ? outer : inner) as unknown as ReturnType<typeof compiled>;
      return { losses, report };
    };
    const [eager, graph] = [train(false), train(true)];
    expect(graph.losses).toEqual(eager.losses);
    const { graphs, ...report } = graph.report();
    expect(report).toMatchObject({
      runs: 'graph',
      description: 'one graph a step, checked',
      steps: { graph: 8, verified: 1, eager: 1 },
    });
    // Query, key and negative; or the loss alone: no weight crosses to JavaScript.
    expect(graphs.map(({ fetched }) => fetched)).toEqual([what === 'views and negatives' ? 3 : 1]);
    // The images, what was drawn, and how much where that changes: no floats.
    expect(fedTypes).toHaveLength(graphs[0].fed);
    expect([2, 3]).toContain(fedTypes.length);
    expect(new Set(fedTypes)).toEqual(new Set([3]));
  });

  test('checkpoints have the same bytes, also where a run was cut off and resumed', async () => {
    const folders: string[] = [];
    const train = async (args: CompileArgs | undefined, epochs: number[]) => {
      const dir = mkdtempSync(join(tmpdir(), 'checkpoints-'));
      folders.push(dir);
      for (const end of epochs) {
        const model = contrastive();
        const handle = args && (await compileModel(model, args));
        const dataset = contrastiveDataset({ size: 20, get: picture } as never, { batchSize: 8 });
        const saved = checkpoint({ dir, every: 2, keep: 2, model, dataset });
        const { epoch } = await saved.resume();
        const batches = dataset.map(twoViews() as never).map(patchNegative() as never);
        await model.fitDataset(batches as never, { epochs: end, initialEpoch: epoch, verbose: 0, callbacks: [saved] });
        if (handle && end > 6) expect(handle.report().steps.graph + handle.report().steps.fast).toBeGreaterThan(3);
        handle?.restore();
      }
      const files = (readdirSync(dir, { recursive: true }) as string[]).filter((name) =>
        statSync(join(dir, name)).isFile(),
      );
      return files.sort().map((name) => [name, withoutNames(readFileSync(join(dir, name)).toString('latin1'))]);
    };
    const eager = await train(undefined, [8]);
    expect(eager.length).toBeGreaterThan(0);
    expect(await train({}, [8])).toEqual(eager);
    expect(await train({ assumePure: true }, [8])).toEqual(eager);
    expect(await train({}, [4, 8])).toEqual(eager);
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  test('feeds the images and what changes, and fetches the loss alone', async () => {
    const model = contrastive();
    const { report, restore } = await compileModel(model);
    const step = trainFunctionOf(model);
    const data = [1, 2, 3].map((seed) => tf.randomNormal([8, side, side, 3], 0, 1, 'float32', seed));
    for (let i = 0; i < 6; i++) tf.dispose(step([...data, tf.zeros([8, 1])]));
    const [{ fed, fetched }] = report().graphs;
    restore();
    expect({ fed, fetched }).toEqual({ fed: 3, fetched: 1 });
  });
});
