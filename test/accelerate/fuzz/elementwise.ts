import * as tf from '@tensorflow/tfjs-core';
import { between, type Subject, values, volume, write } from './subject';

type DataType = 'float32' | 'int32' | 'bool';

/** An operation on one tensor of any shape, empty ones included, and what it makes of a number. */
interface Elementwise {
  name: string;
  types: DataType[];
  run(x: tf.Tensor): tf.Tensor;
  of(value: number): number;
  /** The derivative, where the gradient is tried too. */
  slope?(value: number): number;
}

const nan = Number.NaN;
const infinite = Number.POSITIVE_INFINITY;
/** Without subnormal numbers, which TensorFlow takes for 0. */
const special = [0, -0, 1, -1, infinite, -infinite, nan, 1e-30, 3e38];

const operations: Elementwise[] = [
  {
    name: 'clip',
    types: ['float32', 'int32'],
    run: (x) => tf.clipByValue(x, -1, 2),
    of: (v) => Math.min(Math.max(v, -1), 2),
  },
  { name: 'step', types: ['float32'], run: (x) => tf.step(x), of: (v) => (Number.isNaN(v) ? nan : v > 0 ? 1 : 0) },
  {
    name: 'step with a slope',
    types: ['float32'],
    run: (x) => tf.step(x, 0.5),
    of: (v) => (Number.isNaN(v) ? nan : v > 0 ? 1 : 0.5),
  },
  {
    name: 'ReLU',
    types: ['float32'],
    run: (x) => tf.relu(x),
    of: (v) => Math.max(v, 0),
    slope: (v) => (Number.isNaN(v) ? nan : v > 0 ? 1 : 0),
  },
  { name: 'cast to float', types: ['float32', 'int32', 'bool'], run: (x) => tf.cast(x, 'float32'), of: (v) => v },
  { name: 'cast to int', types: ['int32', 'bool'], run: (x) => tf.cast(x, 'int32'), of: Math.trunc },
  {
    name: 'cast to bool',
    types: ['float32', 'int32', 'bool'],
    run: (x) => tf.cast(x, 'bool'),
    of: (v) => (v === 0 ? 0 : 1),
  },
  { name: 'reshape', types: ['float32', 'int32', 'bool'], run: (x) => tf.reshape(x, [...x.shape]), of: (v) => v },
  { name: 'reshape to a row', types: ['float32', 'int32', 'bool'], run: (x) => tf.reshape(x, [x.size]), of: (v) => v },
];

export const elementwise: Subject[] = operations.map(({ name, types, run, of, slope }) => ({
  name,
  sample(random) {
    const shape = Array.from({ length: between(random, 0, 5) }, () => between(random, random() < 0.05 ? 0 : 1, 5));
    const dtype = types[between(random, 0, types.length - 1)];
    const x = values(random, volume(shape)).map((value) => {
      if (dtype === 'bool') return value > 0 ? 1 : 0;
      if (dtype === 'int32') return Math.trunc(5 * value);
      return random() < 0.1 ? special[between(random, 0, special.length - 1)] : 3 * value;
    });
    const dy = values(random, x.length);
    return {
      title: write({ shape, dtype }),
      run() {
        const tensor = tf.tensor(x, shape, dtype);
        if (!slope) return [run(tensor)];
        const { value, grad } = tf.valueAndGrad((x) => run(x))(tensor, tf.tensor(dy, shape));
        return [value, grad];
      },
      expected: () => [Array.from(x, of), ...(slope ? [Array.from(x, (value, i) => dy[i] * slope(value))] : [])],
    };
  },
}));
