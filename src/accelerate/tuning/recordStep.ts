import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Call } from './call';
import type { KernelSwitch } from './kernelSwitch';
import { type TuningBatch, tensorsOf } from './tuningBatch';

/** A call of the step, and how often the step makes it. */
export interface RecordedCall extends Call {
  count: number;
}

/** What is private of tfjs-layers' model. */
interface Trainable {
  makeTrainFunction(this: object): (tensors: tf.Tensor[]) => tf.Tensor[];
}

/**
 * Runs a model's training step, without an update by the optimizer, and returns its calls that can be made in two ways
 * and have no choice yet, with what went into the first of each key. All variables keep their values.
 */
export function recordStep(ways: KernelSwitch, model: LayersModel, batch: TuningBatch): RecordedCall[] {
  const calls = new Map<string, RecordedCall>();
  const { registeredVariables } = tf.engine();
  const before = Object.values(registeredVariables).map((variable) => [variable, tf.clone(variable)] as const);
  ways.observe = (call) => {
    const known = calls.get(call.key);
    if (known) known.count++;
    else if (!ways.choices.has(call.key) && call.tensors.every(({ size }) => size > 0)) {
      const tensors = call.tensors.map((tensor) => tf.keep(tf.clone(tensor)));
      calls.set(call.key, { ...call, tensors, count: 1 });
    }
  };
  try {
    tf.tidy(() => tf.dispose(gradientStep(model)(tensorsOf(model, batch))));
  } catch (error) {
    for (const { tensors } of calls.values()) tf.dispose(tensors);
    throw error;
  } finally {
    ways.observe = undefined;
    for (const [variable, value] of before) {
      variable.assign(value);
      value.dispose();
    }
  }
  return [...calls.values()];
}

/** Makes the step that `fitDataset` runs, with an optimizer that drops the gradients. */
function gradientStep(model: LayersModel) {
  const optimizer = {
    minimize(loss: () => tf.Scalar, _: boolean, variables: tf.Variable[]) {
      const { value, grads } = tf.variableGrads(loss, variables);
      tf.dispose(grads);
      return value;
    },
  };
  // A model that inherits everything else from the given one; the class's own function, in place of compileModel's.
  const { makeTrainFunction } = Object.getPrototypeOf(model) as Trainable;
  return makeTrainFunction.call(Object.create(model, { optimizer_: { value: optimizer } }));
}
