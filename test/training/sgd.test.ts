import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, type SGDArgs, sgd } from 'tfjs-nonsemantic-negatives';
import { globalNorm } from '../../src/training/globalNorm';
import { simulated, withHalfFloats } from '../support/halfFloats';
import { bytesOf, countReads, leakOf, maxDifference, waves } from '../support/tensors';

/** torch.optim.SGD's rules on plain numbers. */
function plainSGD({ learningRate, momentum = 0, weightDecay = 0 }: SGDArgs) {
  const velocities = new Map<string, number[]>();
  return (name: string, weights: number[], gradient: number[]) => {
    const decayed = gradient.map((g, i) => g + weightDecay * weights[i]);
    const before = velocities.get(name);
    const velocity = before ? decayed.map((g, i) => momentum * before[i] + g) : decayed;
    velocities.set(name, velocity);
    return weights.map((w, i) => w - learningRate * velocity[i]);
  };
}

const variable = (values: number[]) => tf.tidy(() => tf.variable(tf.tensor1d(values)));
const dot = (x: tf.Tensor, values: number[]) => tf.sum(tf.mul(x, values)) as tf.Scalar;

describe('a step', () => {
  test.each<SGDArgs>([
    { learningRate: 0.1 },
    { learningRate: 0.1, momentum: 0.9 },
    { learningRate: 0.1, weightDecay: 0.01 },
    { learningRate: 0.03, momentum: 0.9, weightDecay: 1e-2 },
    { learningRate: 0, momentum: 0.9 },
  ])('of %j follows PyTorch’s rules over ten steps', (args) => {
    const x = variable(waves(5));
    const optimizer = sgd(args);
    const plain = plainSGD(args);
    let expected = Array.from(x.dataSync());
    for (let step = 0; step < 10; step++) {
      const gradient = waves(5, 1, step);
      optimizer.minimize(() => dot(x, gradient), false, [x]);
      expected = plain('x', expected, gradient);
      expect(maxDifference(x, expected)).toBeLessThan(1e-5);
    }
  });

  test('gives PyTorch’s numbers, worked out by hand', () => {
    // torch.optim.SGD([w], lr=.1, momentum=.9, weight_decay=.5), w = 1, gradient 2:
    // g = 2.5, v = 2.5, w = .75;  g = 2.375, v = 4.625, w = .2875;  g = 2.14375, v = 6.30625, w = -.343125
    const w = variable([1]);
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.5 });
    for (const expected of [0.75, 0.2875, -0.343125]) {
      optimizer.minimize(() => dot(w, [2]), false, [w]);
      expect(w.dataSync()[0]).toBeCloseTo(expected, 6);
    }
  });

  test('adds the decay before the momentum, so that velocities hold it', () => {
    const w = variable([1]);
    const optimizer = sgd({ learningRate: 0.1, momentum: 1, weightDecay: 1 });
    for (const expected of [0.9, 0.71]) {
      optimizer.minimize(() => dot(w, [0]), false, [w]);
      expect(w.dataSync()[0]).toBeCloseTo(expected, 6);
    }
  });

  test('is counted', () => {
    const optimizer = sgd({ learningRate: 0.1 });
    const w = variable([1]);
    for (let i = 0; i < 3; i++) optimizer.minimize(() => dot(w, [1]), false, [w]);
    expect(optimizer.iterations).toBe(3);
  });

  test('takes a new learning rate, by the property or the setter', () => {
    const w = variable([1]);
    const optimizer = sgd({ learningRate: 0.1 });
    optimizer.learningRate = 0.5;
    optimizer.minimize(() => dot(w, [1]), false, [w]);
    expect(w.dataSync()[0]).toBeCloseTo(0.5, 6);
    optimizer.setLearningRate(0.25);
    optimizer.minimize(() => dot(w, [1]), false, [w]);
    expect(w.dataSync()[0]).toBeCloseTo(0.25, 6);
  });

  test('leaves only velocities, which dispose() frees', () => {
    const before = tf.memory().numTensors;
    const w = variable([1, 2]);
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 });
    expect(leakOf(() => optimizer.minimize(() => dot(w, [1, 1]), false, [w]))).toBe(0);
    optimizer.dispose();
    w.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('velocities', () => {
  test('belong to variables by name, whichever of them a step trains', () => {
    const args = { learningRate: 0.1, momentum: 0.9 };
    const [a, b] = [variable([1]), variable([2])];
    const optimizer = sgd(args);
    const plain = plainSGD(args);
    let expected = { a: [1], b: [2] };
    const steps = [[a, b], [b], [a], [b, a], [b]];
    for (const list of steps) {
      optimizer.minimize(() => tf.add(dot(a, [1]), dot(b, [-3])), false, list);
      expected = {
        a: list.includes(a) ? plain('a', expected.a, [1]) : expected.a,
        b: list.includes(b) ? plain('b', expected.b, [-3]) : expected.b,
      };
      expect(a.dataSync()[0]).toBeCloseTo(expected.a[0], 5);
      expect(b.dataSync()[0]).toBeCloseTo(expected.b[0], 5);
    }
  });

  const run = (optimizer: tf.Optimizer, variables: tf.Variable[], step: number) => {
    optimizer.minimize(() => tf.addN(variables.map((x, i) => dot(x, waves(x.size, 1, step + i)))), false, variables);
  };

  test('are saved and restored with the count: the next step is the same to the bit', async () => {
    const args = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };
    const variables = [variable(waves(3)), variable(waves(4, 1, 1))];
    const first = sgd(args);
    for (let step = 0; step < 3; step++) run(first, variables, step);
    const weights = await first.getWeights();
    expect(weights.map(({ name }) => name)).toEqual(['iter', ...variables.map(({ name }) => `${name}/velocity`)]);
    const second = sgd(args);
    await second.setWeights(weights);
    expect(second.iterations).toBe(3);
    const start = variables.map((x) => tf.clone(x));
    run(first, variables, 3);
    const expected = variables.map(bytesOf);
    variables.forEach((x, i) => {
      x.assign(start[i]);
    });
    run(second, variables, 3);
    expect(variables.map(bytesOf)).toEqual(expected);
  });

  const named = (name: string, values: number[]) => tf.tidy(() => tf.variable(tf.tensor1d(values), true, name));
  /** A second optimizer with the velocities of a first one after a step. */
  const restored = async (variables: tf.Variable[]) => {
    const [first, second] = [0, 1].map(() => sgd({ learningRate: 0.1, momentum: 0.9 }));
    run(first, variables, 0);
    await second.setWeights(await first.getWeights());
    return { first, second };
  };

  test('that were restored find a second model’s variables by name, despite tfjs’s numbers and in any order', async () => {
    const old = [named('a/kernel', [1, 2]), named('b/kernel', [3, 4]), named('b/kernel_1', [5, 6])];
    const { first, second } = await restored(old);
    const anew = old.map((x, i) => named(`${['a', 'b', 'b'][i]}/kernel_${i + 2}`, Array.from(x.dataSync())));
    const gradients = old.map((_, i) => waves(2, 1, i));
    const apply = (optimizer: tf.Optimizer, variables: tf.Variable[], order: number[]) =>
      optimizer.applyGradients(order.map((i) => ({ name: variables[i].name, tensor: tf.tensor1d(gradients[i]) })));
    apply(first, old, [0, 1, 2]);
    apply(second, anew, [1, 2, 0]);
    expect(anew.map(bytesOf)).toEqual(old.map(bytesOf));
  });

  test('that were restored go first to the variables that a partial step trains', async () => {
    const args = { learningRate: 0.1, momentum: 0.9 };
    const [a, b] = [variable([1]), variable([2, 3])];
    const first = sgd(args);
    run(first, [a, b], 0);
    const second = sgd(args);
    await second.setWeights(await first.getWeights());
    const start = tf.clone(b);
    run(first, [b], 1);
    const expected = bytesOf(b);
    b.assign(start as tf.Tensor1D);
    run(second, [b], 1);
    expect(bytesOf(b)).toBe(expected);
  });

  test('that were restored cause an error if name or shape fits no variable, and stay for a step that fits', async () => {
    const variables = [named('c/kernel', [1, 2]), named('c/bias', [3])];
    const { second } = await restored(variables);
    const saved = async () => (await second.getWeights()).map(({ name, tensor }) => [name, bytesOf(tensor)]);
    const before = await saved();
    expect(() => run(second, [named('d/kernel', [1, 2]), named('d/bias', [3])], 1)).toThrow(
      'Expected velocities of ["d/kernel", "d/bias"] for the restored optimizer, received one of "c/kernel".',
    );
    expect(() => run(second, [named('c/kernel_1', [1, 2, 3]), named('c/bias_1', [3])], 1)).toThrow(
      'Expected shape [3] for the restored velocity of c/kernel_1, received [2].',
    );
    expect(await saved()).toEqual(before);
    run(second, variables, 1);
    expect(second.iterations).toBe(2);
  });
});

test('works in compile and fit, with the same steps as by hand', async () => {
  const build = () => {
    const model = tfl.sequential({
      layers: [tfl.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones' })],
    });
    model.compile({
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
      loss: 'meanSquaredError',
    });
    return model;
  };
  const [xs, ys] = [tf.tensor2d(waves(6), [2, 3]), tf.tensor2d(waves(4), [2, 2])];
  const fitted = build();
  await fitted.fit(xs, ys, { epochs: 4, verbose: 0 });
  const looped = build();
  for (let step = 0; step < 4; step++)
    looped.optimizer.minimize(() => {
      const output = looped.apply(xs, { training: true }) as tf.Tensor;
      return tf.mean(tf.squaredDifference(ys, output)) as tf.Scalar;
    });
  const values = (model: tfl.LayersModel) => model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
  expect(maxDifference(values(looped), values(fitted))).toBeLessThan(1e-6);
});

describe('gradients by hand', () => {
  // Packed into one vector, as small variables are, these would not show.
  test('of other shapes than their variables, or of none, are refused, and nothing moves', () => {
    const [x, y] = [variable([1, 2]), variable([3, 4])];
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
    const cases: [tf.NamedTensorMap, string][] = [
      [
        { [x.name]: tf.ones([1]), [y.name]: tf.ones([3]) },
        `Expected a float32 tensor of shape [2] for the gradient of ${x.name}, received a float32 tensor of shape [1].`,
      ],
      [
        { [x.name]: tf.ones([2]), 'no such': tf.ones([2]) },
        'Expected the name of a variable for the gradient of no such, received a float32 tensor of shape [2].',
      ],
    ];
    for (const [gradients, message] of cases) expect(() => optimizer.applyGradients(gradients)).toThrow(message);
    expect(optimizer.iterations).toBe(0);
    expect([...x.dataSync(), ...y.dataSync()]).toEqual([1, 2, 3, 4]);
  });
});

describe('errors', () => {
  test.each([
    [{}, 'Expected a number of at least 0 for option learningRate, received undefined.'],
    [{ learningRate: -1 }, 'Expected a number of at least 0 for option learningRate, received -1.'],
    [{ learningRate: 1, momentum: -0.5 }, 'Expected a number of at least 0 for option momentum, received -0.5.'],
    [
      { learningRate: 1, weightDecay: Number.NaN },
      'Expected a number of at least 0 for option weightDecay, received NaN.',
    ],
    [{ learningRate: 1, nesterov: true }, 'for the options of sgd(), received "nesterov".'],
  ])('%j', (args, message) => {
    expect(() => sgd(args as SGDArgs)).toThrow(ArgumentError);
    expect(() => sgd(args as SGDArgs)).toThrow(message);
  });
});

describe('clipNorm', () => {
  const step = (optimizer: tf.Optimizer, values: [number[], number[]], gradients: [number[], number[]]) => {
    const variables = values.map(variable);
    const loss = () => tf.addN(variables.map((x, i) => dot(x, gradients[i]))) as tf.Scalar;
    optimizer.minimize(loss, false, variables);
    return variables.flatMap((x) => Array.from(x.dataSync()));
  };

  test('scales the gradients of all variables by c / |g| where |g| is greater', () => {
    // |g| = |(3, 0, 4)| = 5, so c = 1 leaves a fifth of each.
    const moved = step(sgd({ learningRate: 1, clipNorm: 1 }), [[0, 0], [0]], [[3, 0], [4]]);
    expect(maxDifference(moved, [-0.6, 0, -0.8])).toBeLessThan(1e-6);
  });

  test('leaves shorter gradients unchanged, to the bit', () => {
    const gradients: [number[], number[]] = [waves(5), waves(3, 1, 2)];
    const at = (args: Partial<SGDArgs>) => step(sgd({ learningRate: 0.3, ...args }), [waves(5), waves(3)], gradients);
    expect(at({ clipNorm: 100 })).toEqual(at({}));
  });

  test('comes before the weight decay, which stays whole', () => {
    // g = (3, 4) / 5 + 0.5 (2, 2)
    const moved = step(sgd({ learningRate: 1, clipNorm: 1, weightDecay: 0.5 }), [[2], [2]], [[3], [4]]);
    expect(maxDifference(moved, [2 - 1.6, 2 - 1.8])).toBeLessThan(1e-6);
  });

  test('holds for large variables beside small ones', () => {
    const large = Array.from({ length: 40_000 }, () => 0.01);
    const moved = step(sgd({ learningRate: 1, clipNorm: 1 }), [large.map(() => 0), [0]], [large, [Math.sqrt(12)]]);
    // |g|² = 40,000 · 0.0001 + 12 = 16
    expect(moved[0]).toBeCloseTo(-0.0025, 6);
    expect(moved.at(-1)).toBeCloseTo(-Math.sqrt(12) / 4, 3);
  });

  test('reads nothing, leaks nothing, and is saved with the options', () => {
    const x = variable([1, 2]);
    const optimizer = sgd({ learningRate: 0.1, clipNorm: 0.5 });
    const gradient = tf.tensor1d([1, 1]);
    const apply = () => optimizer.applyGradients([{ name: x.name, tensor: gradient }]);
    expect(leakOf(apply)).toBe(0);
    expect(countReads(apply)).toBe(0);
    expect(optimizer.getConfig()).toMatchObject({ clipNorm: 0.5 });
    expect(() => sgd({ learningRate: 1, clipNorm: 0 })).toThrow(
      'Expected a number above 0 for option clipNorm, received 0.',
    );
  });
});

describe('with 16-bit textures the norm of the gradients', () => {
  const halfNorm = (values: number[][]) =>
    withHalfFloats(async () => tf.tidy(() => globalNorm(values.map((row) => tf.tensor1d(row))).dataSync()[0]));

  simulated.each<[string, number[][]]>([
    ['of both signs', [[3, -4], [12]]],
    ['of values whose squares are too large', [[3000, -4000], [12000]]],
    ['of values whose squares are too small', [[3e-4, -4e-4], [12e-4]]],
    ['of a large tensor', [waves(40_000, 1), [1]]],
  ])('%s is that of double precision', async (_, values) => {
    const expected = Math.sqrt(values.flat().reduce((sum, x) => sum + x * x, 0));
    expect((await halfNorm(values)) / expected).toBeCloseTo(1, 2);
  });

  simulated('of zeros is 0, and of what is not finite it is not finite', async () => {
    expect(await halfNorm([[0, 0], [0]])).toBe(0);
    expect(await halfNorm([[1, Number.NaN]])).toBeNaN();
    expect(Number.isFinite(await halfNorm([[1, Number.POSITIVE_INFINITY]]))).toBe(false);
  });
});
