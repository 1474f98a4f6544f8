import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { countKernels } from '../../bench/support/kernels';
import { trainingStep } from '../../bench/support/trainingStep';

declare const BACKEND: string;

/** What a step costs at most. Both figures are exact, whatever the machine. */
interface Cost {
  /** Kernels, without those that only give a tensor another shape. */
  kernels: number;
  /** Bytes of all tensors at the same time, in MB: weights, queue, batch and all. */
  peakMB: number;
}

/** The step that `npm run bench` times, with fewer images and a shorter queue: kernels are the same for any number. */
const images = BACKEND === 'cpu' ? { batch: 2, size: 16 } : { batch: 16, size: 32 };
/** Renew these when a step costs less. */
const limits: Record<string, { shipped?: Cost; accelerated: Cost }> = {
  cpu: { shipped: { kernels: 504, peakMB: 22.2 }, accelerated: { kernels: 496, peakMB: 22.2 } },
  // As shipped it cannot train a convolution.
  wasm: { accelerated: { kernels: 652, peakMB: 34.1 } },
  tensorflow: { shipped: { kernels: 567, peakMB: 37.1 }, accelerated: { kernels: 298, peakMB: 27.2 } },
};

/** What the second step of a model costs; the first also makes the optimizer's velocities. */
async function costOf(accelerated: boolean, negatives: number): Promise<Cost> {
  const before = tf.memory().numBytes;
  const options = { encoder: 'conv', ...images, queue: 1024, negatives, accelerated } as const;
  const training = trainingStep(options);
  training.step();
  const { kernels, peakBytes } = await tf.profile(() => training.step());
  training.dispose();
  return { kernels: countKernels(kernels), peakMB: (peakBytes - before) / 1e6 };
}

// Of webgl and webgpu, the counts of launches and read-backs in test/backends take this place.
const recorded: (typeof limits)[string] | undefined = limits[BACKEND];
const shipped = recorded?.shipped;

if (shipped)
  test('a step on tfjs as shipped costs at most the recorded figures', async () => {
    const { kernels, peakMB } = await costOf(false, 1);
    expect(kernels).toBeLessThanOrEqual(shipped.kernels);
    expect(peakMB).toBeLessThanOrEqual(shipped.peakMB);
  });

(recorded ? describe : describe.skip)('accelerated', () => {
  let restore = () => {};
  beforeAll(async () => {
    const acceleration = await accelerate();
    if (shipped) restore = acceleration.restore;
  });
  afterAll(() => restore());

  test('a step costs at most the recorded figures, and a negative adds at most a tenth to its peak of bytes', async () => {
    const { kernels, peakMB } = await costOf(true, 1);
    expect(kernels).toBeLessThanOrEqual(recorded!.accelerated.kernels);
    expect(peakMB).toBeLessThanOrEqual(recorded!.accelerated.peakMB);
    const without = await costOf(true, 0);
    expect(peakMB / without.peakMB).toBeLessThanOrEqual(1.1);
  });
});
