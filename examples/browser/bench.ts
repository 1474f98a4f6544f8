import * as tf from '@tensorflow/tfjs';
import {
  type BatchNormalizationFactory,
  batchNormalization,
  contrastiveModel,
  convEncoder,
  nonSemanticInfoNCE,
  projectionHead,
  resNet18,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { adapterName } from './adapter';
import { element, make } from './elements';

const encoders = [
  { name: 'four convolutions, 32 px', size: 32, make: convEncoder, args: { filters: [16, 32, 64, 128] } },
  { name: 'ResNet-18, 64 px', size: 64, make: resNet18, args: {} },
];
type Encoder = (typeof encoders)[number];

const batch = 32;
/** Three digits, as far as they are behind the point. */
const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
/** How long a row is timed. */
const seconds = 2;
/** Where the small network's step takes this long, larger ones are left out. */
const slowMs = 300;

/** Times training steps on the visitor's device, as TensorFlow.js comes and accelerated, and shows them as a table. */
export async function showBench(backend: string): Promise<void> {
  const section = element('bench');
  section.hidden = false;
  element('device').textContent = `${backend}, ${await adapterName()}, batch ${batch}, one negative an image`;
  for (const encoder of encoders) {
    (await accelerate()).restore();
    const stock = await timeStep(encoder, tf.layers.batchNormalization);
    await accelerate();
    const accelerated = await timeStep(encoder, batchNormalization);
    const cells = [stock, accelerated].flatMap((ms) =>
      ms === undefined ? ['cannot train', '–'] : [digits(ms), digits((1000 * batch) / ms)],
    );
    const row = make(
      'tr',
      {},
      make('th', { scope: 'row' }, encoder.name),
      ...cells.map((text) => make('td', {}, text)),
    );
    element('timings').append(row);
    if (accelerated === undefined || accelerated > slowMs) break;
  }
}

/** Milliseconds of a step of MoCo; undefined where the backend lacks a kernel of it, as wasm does as it comes. */
async function timeStep(
  { size, make, args }: Encoder,
  normalization: BatchNormalizationFactory,
): Promise<number | undefined> {
  const shape = [size, size, 3];
  const backbone = make({ ...args, inputShape: shape, batchNormalization: normalization });
  const model = contrastiveModel({ encoder: projectionHead(backbone, { units: 64 }), negatives: 1, queueSize: 4096 });
  const images = [0, 1, 2].map((seed) => tf.randomNormal([batch, ...shape], 0, 1, 'float32', seed));
  const optimizer = sgd({ learningRate: 0.03, momentum: 0.9 });
  const loss = nonSemanticInfoNCE();
  const step = () =>
    optimizer.minimize(() => loss(null, model.apply(images, { training: true }) as tf.Tensor), true) as tf.Scalar;
  /** Runs steps, and reads the loss of the last: by then all are done. */
  const run = async (steps: number): Promise<number> => {
    const start = performance.now();
    for (let i = 1; i < steps; i++) step().dispose();
    const last = step();
    await last.data();
    last.dispose();
    await tf.nextFrame();
    return (performance.now() - start) / steps;
  };
  try {
    await run(1); // Compiles.
    const once = await run(1);
    const steps = Math.ceil((1000 * seconds) / once);
    return steps > 1 ? await run(steps) : once;
  } catch {
    return undefined;
  } finally {
    tf.dispose(images);
    optimizer.dispose();
    model.dispose();
  }
}
