import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { randomStream } from '../../../src/support/random';
import { aliases, type Case, table } from './table';

declare const BACKEND: string;

test('every layer of tfjs has an entry', () => {
  expect(Object.keys(tfl.layers).filter((name) => !(name in table) && !(name in aliases))).toEqual([]);
});

/** Numbers of both signs, the same on every backend. */
function noise(key: string, shape: number[]): Float32Array {
  const random = randomStream('layers', key);
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 2 * random() - 1);
}

const batch = 3;
interface Values {
  output: Float32Array;
  gradients: { [name: string]: Float32Array };
}

/** Output and gradients of the sum of the output times fixed numbers, on the current backend. */
function run({ make, inputs, integers, training = false, differentiable = true }: Case): Values {
  const layer = make();
  const symbolic = inputs.map((shape) => tfl.input({ shape }));
  const output = layer.apply(symbolic.length === 1 ? symbolic[0] : symbolic) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: symbolic, outputs: output });
  const result = tf.tidy(() => {
    model.setWeights(
      model.weights.map(({ shape, originalName }, i) => {
        const values = noise(`weight ${i}`, shape as number[]);
        // Variances are above 0.
        return tf.tensor(originalName.includes('variance') ? values.map((v) => 1.5 + v) : values, shape as number[]);
      }),
    );
    const xs = inputs.map((shape, i) => {
      const values = noise(`input ${i}`, [batch, ...shape]);
      const fitting = integers
        ? values.map((v) => Math.min(integers - 1, Math.floor(((v + 1) / 2) * integers)))
        : values;
      return tf.tensor(fitting, [batch, ...shape]);
    });
    const forward = (...xs: tf.Tensor[]) => model.apply(xs.length === 1 ? xs[0] : xs, { training }) as tf.Tensor;
    const y = forward(...xs);
    if (!differentiable) return { output: y.dataSync().slice() as Float32Array, gradients: {} };
    const dy = tf.tensor(noise('dy', y.shape), y.shape);
    const loss = (...xs: tf.Tensor[]) => tf.sum(tf.mul(forward(...xs), dy)) as tf.Scalar;
    const byWeight = model.trainableWeights.length > 0 ? tf.variableGrads(() => loss(...xs)).grads : {};
    const byInput = integers ? [] : tf.grads(loss)(xs);
    return {
      output: y.dataSync().slice() as Float32Array,
      gradients: Object.fromEntries([
        ...Object.values(byWeight).map((g, i) => [`weight ${i}`, g.dataSync().slice() as Float32Array] as const),
        ...byInput.map((g, i) => [`input ${i}`, g.dataSync().slice() as Float32Array] as const),
      ]),
    };
  });
  model.dispose();
  return result;
}

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) {
  let [scale, worst] = [1, 0];
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
    const error = Math.abs(actual[i] - expected[i]);
    if (!(error <= worst)) worst = error;
  }
  if (actual.length !== expected.length || !(worst / scale < 1e-4)) throw new Error(`${what} is ${worst} off`);
}

const cases = Object.entries(table).flatMap(([name, list]) =>
  list.map((entry, i) => [`${name}, case ${i}`, entry] as const),
);

/** The kernels of cpu that `accelerate()` leaves in place are loops of JavaScript; those it replaces have tests of their own. */
async function reference(entry: Case): Promise<Values> {
  await tf.setBackend('cpu');
  const { restore } = await accelerate();
  try {
    return run(entry);
  } finally {
    restore();
    await tf.setBackend(BACKEND);
  }
}

test.each(cases.filter(([, { refused }]) => refused))('%s: tfjs cannot run the layer and says so', async (_, entry) => {
  expect(() => run(entry)).toThrow(entry.refused);
});

const possible = cases.filter(([, { refused, missingOn }]) => !refused && missingOn !== BACKEND);

test.each(possible)('%s: results after accelerate() equal those of the cpu', async (_, entry) => {
  const expected = await reference(entry);
  const { restore } = await accelerate();
  try {
    const before = tf.memory().numTensors;
    const actual = run(entry);
    expect(tf.memory().numTensors).toBe(before);
    expectNear(actual.output, expected.output, 'the output');
    expect(Object.keys(actual.gradients)).toEqual(Object.keys(expected.gradients));
    for (const [name, values] of Object.entries(expected.gradients))
      expectNear(actual.gradients[name], values, `the gradient of ${name}`);
  } finally {
    if (BACKEND !== 'wasm') restore();
  }
});

// The loops of the cpu backend are held to the slopes of their own outputs.
if (BACKEND === 'cpu')
  test.each(possible.filter(([, { differentiable = true, integers }]) => differentiable && !integers))(
    '%s: gradients of the inputs are slopes',
    async (_, entry) => {
      const { restore } = await accelerate();
      const { gradients } = run(entry);
      const step = 1e-2;
      const xs = entry.inputs.map((shape, i) => noise(`input ${i}`, [batch, ...shape]));
      let [slope, product, scale] = [0, 0, 1e-3];
      for (const [i, x] of xs.entries()) {
        const direction = noise(`direction ${i}`, [x.length]);
        product += gradients[`input ${i}`].reduce((sum, g, j) => sum + g * direction[j], 0);
        scale += gradients[`input ${i}`].reduce((sum, g, j) => sum + Math.abs(g * direction[j]), 0);
      }
      const lossAt = (sign: number) => lossOf(entry, (i) => noise(`direction ${i}`, [xs[i].length]), sign * step);
      slope = (lossAt(1) - lossAt(-1)) / (2 * step);
      restore();
      // Pools and rectifiers have kinks; the direction passes few of them.
      expect(Math.abs(slope - product) / scale).toBeLessThan(0.05);
    },
  );

/** The loss of `run` with its inputs moved along a direction. */
function lossOf(entry: Case, direction: (input: number) => Float32Array, step: number): number {
  const { make, inputs, training = false } = entry;
  return tf.tidy(() => {
    const layer = make();
    const symbolic = inputs.map((shape) => tfl.input({ shape }));
    const model = tfl.model({
      inputs: symbolic,
      outputs: layer.apply(symbolic.length === 1 ? symbolic[0] : symbolic) as tfl.SymbolicTensor,
    });
    model.setWeights(
      model.weights.map(({ shape, originalName }, i) => {
        const values = noise(`weight ${i}`, shape as number[]);
        return tf.tensor(originalName.includes('variance') ? values.map((v) => 1.5 + v) : values, shape as number[]);
      }),
    );
    const xs = inputs.map((shape, i) => {
      const way = direction(i);
      return tf.tensor(
        noise(`input ${i}`, [batch, ...shape]).map((v, j) => v + step * way[j]),
        [batch, ...shape],
      );
    });
    const y = model.apply(xs.length === 1 ? xs[0] : xs, { training }) as tf.Tensor;
    const [values, dy] = [y.dataSync() as Float32Array, noise('dy', y.shape)];
    return values.reduce((sum, v, i) => sum + v * dy[i], 0);
  });
}
