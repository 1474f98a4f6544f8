import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { values, volume } from '../fuzz/subject';
import type { LayerCase } from './table';

/** An encoder of one layer and a head, with weights and inputs of both signs that are the same on every backend. */
export interface Encoder {
  /** The output, and the gradients of each input and each weight, or why there are none. */
  compute(training: boolean): Computed;
  /** The same after saving and loading: what was undefined is null. */
  reload(): void;
  dispose(): void;
}

export interface Computed {
  output: Float32Array;
  gradients?: (Float32Array | undefined)[];
  gradientError?: string;
}

const batch = 3;

export function buildEncoder({ make, integersBelow }: LayerCase, shapes: number[][]): Encoder {
  const symbolic = shapes.map((shape) => tfl.input({ shape }));
  const features = make().apply(symbolic.length === 1 ? symbolic[0] : symbolic) as tfl.SymbolicTensor;
  const isFixed = features.shape.slice(1).every((size) => size! > 0);
  const toVectors = isFixed ? tfl.layers.flatten() : tfl.layers.globalAveragePooling1d({});
  const flat = features.rank === 2 ? features : (toVectors.apply(features) as tfl.SymbolicTensor);
  const head = tfl.layers.dense({ units: 3 });
  let model = tfl.model({ inputs: symbolic, outputs: head.apply(flat) as tfl.SymbolicTensor });
  fillWeights(model);
  const random = randomStream('inputs', JSON.stringify(shapes));
  const inputs = shapes.map((shape) => {
    const numbers = values(random, batch * volume(shape));
    const taken = integersBelow ? numbers.map((value) => Math.floor(((value + 1) / 2) * integersBelow)) : numbers;
    return tf.variable(tf.tensor(taken, [batch, ...shape]), !integersBelow);
  });
  const slopes = values(random, batch * 3);

  const apply = (training: boolean) => model.apply(inputs.length === 1 ? inputs[0] : inputs, { training }) as tf.Tensor;

  return {
    compute(training) {
      return tf.tidy(() => {
        const output = Float32Array.from(apply(training).dataSync());
        const weights = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
        const points = [...(integersBelow ? [] : inputs), ...weights];
        const loss = () => tf.sum(tf.mul(apply(training), tf.tensor2d(slopes, [batch, 3]))) as tf.Scalar;
        try {
          const { grads } = tf.variableGrads(loss, points);
          const read = ({ name }: tf.Variable) => grads[name] && Float32Array.from(grads[name].dataSync());
          return { output, gradients: points.map(read) };
        } catch (error) {
          return { output, gradientError: String(error) };
        }
      });
    },
    reload() {
      const copy = rebuild(model);
      model.dispose();
      model = copy;
      fillWeights(model);
    },
    dispose() {
      model.dispose();
      tf.dispose(inputs);
    },
  };
}

/** A model from its configuration as JSON has it. */
function rebuild(model: tfl.LayersModel): tfl.LayersModel {
  const config = JSON.parse(JSON.stringify(model.getConfig()));
  const Class = tfl.LayersModel as unknown as { fromConfig(c: unknown, config: object): tfl.LayersModel };
  return Class.fromConfig(tfl.LayersModel, config);
}

/** Variances are positive. */
function fillWeights(model: tfl.LayersModel): void {
  tf.tidy(() =>
    model.setWeights(
      model.weights.map(({ shape, originalName }, i) => {
        const numbers = values(randomStream('weights', i), volume(shape as number[]));
        return tf.tensor(
          originalName.includes('variance') ? numbers.map((v) => v * v + 0.1) : numbers,
          shape as number[],
        );
      }),
    ),
  );
}
