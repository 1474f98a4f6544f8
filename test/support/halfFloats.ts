import * as tf from '@tensorflow/tfjs-core';
import { toHalf } from './half';

declare const BACKEND: string;

/** WebGL has floats of its own; the others stand in for it. */
export const simulated = BACKEND === 'webgl' ? test.skip : test;

/** Runs `compute` as WebGL does with 16-bit textures: what goes into a kernel and what comes out is rounded. */
export async function withHalfFloats<T>(compute: () => Promise<T>): Promise<T> {
  const engine = tf.engine();
  const backend = engine.backendName;
  const runKernel = engine.runKernel.bind(engine);
  const round = (x: unknown): unknown => {
    if (Array.isArray(x)) return x.map(round);
    if (!(x instanceof tf.Tensor) || x.dtype !== 'float32') return x;
    return tf.tensor(Float32Array.from(x.dataSync(), toHalf), x.shape);
  };
  const spy = jest.spyOn(engine, 'runKernel').mockImplementation((name, inputs, attributes) => {
    // A list for a kernel such as Concat, an object for most.
    const rounded = Array.isArray(inputs)
      ? inputs.map(round)
      : Object.fromEntries(Object.entries(inputs).map(([key, x]) => [key, round(x)]));
    engine.backendName = backend;
    try {
      return round(runKernel(name, rounded as tf.NamedTensorMap, attributes)) as never;
    } finally {
      engine.backendName = 'webgl';
    }
  });
  const getBool = jest.spyOn(tf.env(), 'getBool').mockReturnValue(false);
  engine.backendName = 'webgl';
  try {
    return await compute();
  } finally {
    engine.backendName = backend;
    for (const mock of [spy, getBool]) mock.mockRestore();
  }
}
