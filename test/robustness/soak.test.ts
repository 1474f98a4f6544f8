import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { convEncoder, memoryQueue, momentumEncoder, nonSemanticInfoNCE, sgd } from 'tfjs-nonsemantic-negatives';

declare const BACKEND: string;

// A step of the pure-JavaScript backend is a hundred times one of the others.
const fast = BACKEND === 'cpu' ? test.skip : test;
const steps = process.env.LONG ? 20_000 : 200;

fast(
  `${steps} training steps leave tensors, their bytes and the memory of the process where they were`,
  async () => {
    const encoder = convEncoder({ inputShape: [4, 4, 3], filters: [4] });
    const inputs = ['query', 'key', 'negative_0'].map((name) => tfl.input({ name, shape: [4, 4, 3] }));
    const embeddings = momentumEncoder({ encoder }).apply(inputs) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs, outputs: memoryQueue({ size: 7 }).apply(embeddings) as tfl.SymbolicTensor });
    const [optimizer, loss] = [sgd({ learningRate: 0.01, momentum: 0.9, clipNorm: 1 }), nonSemanticInfoNCE()];
    const step = () =>
      tf.tidy(() => {
        const views = inputs.map((_, i) => tf.randomUniform([2, 4, 4, 3], 0, 1, 'float32', i));
        optimizer.minimize(() => loss(null, model.apply(views, { training: true }) as tf.Tensor), false);
      });
    const memory = () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes });

    for (let i = 0; i < steps / 4; i++) step();
    const before = memory();
    const rss = process.memoryUsage().rss;
    for (let i = 0; i < steps; i++) {
      step();
      // Lets the garbage collector's finalizers run.
      if (i % 100 === 0) await tf.nextFrame();
    }
    expect(memory()).toEqual(before);
    expect(process.memoryUsage().rss - rss).toBeLessThan(100e6);
    if (process.env.LONG)
      console.log(`${BACKEND}: ${steps} steps, RSS ${Math.round((process.memoryUsage().rss - rss) / 1e6)} MB more`);
  },
  3_000_000,
);
