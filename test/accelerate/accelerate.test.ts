import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { type Acceleration, accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

declare const BACKEND: string;

/** What tfjs has registered: every kernel of the backends and every gradient, by identity. */
const registered = () => [
  ...['cpu', 'wasm', 'tensorflow'].flatMap((backend) => tf.getKernelsForBackend(backend)),
  ...tf.getKernelsForBackend('cpu').map(({ kernelName }) => tf.getGradient(kernelName)),
];

// The suite's set-up accelerates wasm, where otherwise hardly a test would run.
beforeEach(async () => (await accelerate()).restore());
afterAll(async () => {
  await tf.setBackend(BACKEND);
  await accelerate();
});

test('reports which backend it changed, and what', async () => {
  const { backend, replaced, restore } = await accelerate();
  expect(backend).toBe(BACKEND);
  if (BACKEND === 'cpu') expect(replaced).toContain('Conv2DBackpropFilter');
  if (BACKEND === 'wasm')
    expect(replaced).toEqual(
      expect.arrayContaining([
        'Conv2DBackpropFilter',
        'DepthwiseConv2dNativeBackpropFilter',
        'DepthwiseConv2dNativeBackpropInput',
        'UnsortedSegmentSum',
      ]),
    );
  expect(new Set(replaced).size).toBe(replaced.length);
  restore();
});

test('restore puts back exactly what was there, once', async () => {
  const before = new Set(registered());
  const first = await accelerate();
  if (first.replaced.length > 0) expect(new Set(registered())).not.toEqual(before);
  first.restore();
  expect(new Set(registered())).toEqual(before);
  const second = await accelerate();
  first.restore(); // Already undone: the second replacement stays.
  if (second.replaced.length > 0) expect(new Set(registered())).not.toEqual(before);
  second.restore();
  expect(new Set(registered())).toEqual(before);
});

test('a second call is harmless', async () => {
  const before = new Set(registered());
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  const first = await accelerate();
  const after = registered();
  const second = await accelerate();
  expect(second.replaced).toEqual(first.replaced);
  expect(registered()).toEqual(after);
  second.restore();
  expect(new Set(registered())).toEqual(before);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test('two backends may be accelerated, and restored in either order', async () => {
  const before = new Set(registered());
  for (const first of [0, 1]) {
    const both: Acceleration[] = [];
    for (const backend of ['cpu', BACKEND]) {
      await tf.setBackend(backend);
      both.push(await accelerate());
    }
    both[first].restore();
    if (BACKEND !== 'cpu') expect(new Set(registered())).not.toEqual(before);
    const relu = tf.grad((x) => tf.sum(tf.relu(x)))(tf.tensor1d([-1, 2]));
    expect(Array.from(relu.dataSync())).toEqual([0, 1]);
    both[1 - first].restore();
    expect(new Set(registered())).toEqual(before);
  }
});

class UnheardOf extends tf.KernelBackend {
  override dispose() {}
}

test('an unknown backend is left alone', async () => {
  tf.registerBackend('unheard-of', () => new UnheardOf(), 0);
  await tf.setBackend('unheard-of');
  const { backend, replaced, restore } = await accelerate();
  restore();
  await tf.setBackend(BACKEND);
  tf.removeBackend('unheard-of');
  expect({ backend, replaced }).toEqual({ backend: 'unheard-of', replaced: [] });
});

/** Three steps of training a small network, on the current backend. */
function train() {
  return tf.tidy(() => {
    const images = tf.randomUniform([4, 8, 8, 3], 0, 1, 'float32', 1);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0], 'int32'), 3);
    const initializer = (seed: number) => tfl.initializers.glorotUniform({ seed });
    const network = tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          inputShape: [8, 8, 3],
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          kernelInitializer: initializer(1),
        }),
        tfl.layers.batchNormalization(),
        tfl.layers.reLU(),
        tfl.layers.maxPooling2d({ poolSize: 2 }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: initializer(2) }),
      ],
    });
    const optimizer = tf.train.sgd(0.5);
    const loss = () =>
      tf.mean(
        tfl.metrics.categoricalCrossentropy(labels, network.apply(images, { training: true }) as tf.Tensor),
      ) as tf.Scalar;
    const losses = [1, 2, 3].map(() => optimizer.minimize(loss, true)!.dataSync()[0]);
    network.dispose();
    return losses;
  });
}

test('after a later setBackend both backends still compute the right results', async () => {
  await tf.setBackend('cpu');
  const stock = train();
  await tf.setBackend(BACKEND);
  const { restore } = await accelerate();
  const accelerated = train();
  await tf.setBackend('cpu');
  const afterwards = train();
  await tf.setBackend(BACKEND);
  restore();
  expect(stock[2]).toBeLessThan(stock[0]);
  for (let i = 0; i < 3; i++) {
    expect(accelerated[i]).toBeCloseTo(stock[i], 4);
    if (BACKEND === 'cpu') expect(afterwards[i]).toBeCloseTo(stock[i], 4);
    else expect(afterwards[i]).toBe(stock[i]);
  }
});
