import * as tf from '@tensorflow/tfjs-core';
import { compiled } from 'tfjs-nonsemantic-negatives/accelerate';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? describe : describe.skip;

const x = () => tf.tensor1d([1, -2, 3]);
/** Steps that make constants of other values at each call, by what changes. */
const steps: Record<string, (call: number) => tf.Tensor> = {
  'a number': (call) => tf.mul(x(), (-1.1) ** call),
  'a vector': (call) => tf.mul(x(), tf.tensor1d([call / 3, -0, Number.NaN])),
  'an integer': (call) => tf.add(tf.cast(x(), 'int32'), tf.scalar(-call, 'int32')),
  'a mask': (call) => tf.where(tf.tensor1d([call % 2, 1, (call >> 1) % 2], 'bool'), x(), tf.neg(x())),
  'numbers of three types': (call) =>
    tf.where(
      tf.tensor1d([call % 2, 0, 1], 'bool'),
      tf.mul(x(), 1 / (call + 1)),
      tf.cast(tf.add(tf.tensor1d([1, 2, 3], 'int32'), tf.scalar(call, 'int32')), 'float32'),
    ),
};

onTensorFlow('constants that change', () => {
  test.each(Object.keys(steps))('%s: the same as eagerly, in one tensor', (name) => {
    let call = 0;
    const step = () => tf.tidy(() => steps[name](call));
    const run = compiled(step);
    for (; call < 12; call++) {
      const [graph, eager] = [run(), step()];
      expect(Array.from(graph.dataSync())).toEqual(Array.from(eager.dataSync()));
      tf.dispose([graph, eager]);
    }
    const { graphs, steps: counts } = run.report();
    run.dispose();
    expect(counts.graph).toBeGreaterThan(4);
    expect(graphs.map(({ fed }) => fed)).toEqual([1]);
  });
});
