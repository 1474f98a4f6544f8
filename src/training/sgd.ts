import * as tf from '@tensorflow/tfjs-core';
import { hasCustomKernel, runCustomKernel } from '../support/customKernels';
import { updateElementwise } from '../support/elementwise';
import { ArgumentError, describe } from '../support/errors';
import { number, optional, readOptions } from '../support/options';
import { optionsOf } from '../support/rebuild';
import { globalNorm } from './globalNorm';
import { listGradients, type NamedTensors, Velocities } from './velocities';

/** How stochastic gradient descent steps. */
export interface SGDArgs {
  /** Step size, at least 0; see also `setLearningRate`. */
  learningRate: number;
  /** Share of the velocity that a step keeps, at least 0. @default 0 */
  momentum?: number;
  /** Factor of the L2 term that is added to the gradient of every variable, at least 0. @default 0 */
  weightDecay?: number;
  /** Largest norm of all gradients as one vector, above 0; longer ones are scaled down to it. @default no limit */
  clipNorm?: number;
}

export const sgdOptions = {
  learningRate: number({ min: 0 }),
  momentum: number({ min: 0, default: 0 }),
  weightDecay: number({ min: 0, default: 0 }),
  clipNorm: optional(number({ above: 0 })),
};

/**
 * Steps as PyTorch's stochastic gradient descent does: `g <- g + weightDecay w; v <- momentum v + g; w <- w - lr v`.
 *
 * The decay enters before the momentum, and there is no dampening. Velocities belong to variables by name, and are
 * saved and restored (`getWeights`, `setWeights`), so that the next step is the same to the bit. A step throws an
 * ArgumentError if a gradient or a restored velocity belongs to no variable, or has another shape than its variable.
 *
 * With `clipNorm` c, first `g <- g min(1, c / (|g| + 1e-6))`, where |g| is the norm of all gradients as one vector. It
 * is computed on the device, before the weight decay, which is not clipped.
 *
 * Source: `torch.optim.SGD` and `torch.nn.utils.clip_grad_norm_`; tfjs's own momentum optimizer has neither weight
 * decay nor a working setter of the learning rate.
 */
export class SGD extends tf.Optimizer {
  /** @nocollapse */
  static readonly className = 'NonSemanticSGD';
  /** Step size of the next step. */
  learningRate: number;
  /** Share of the velocity that a step keeps, at least 0. */
  momentum: number;
  /** Factor of the L2 term of the gradients, at least 0. */
  weightDecay: number;
  /** Largest norm of all gradients as one vector, above 0; undefined without a limit. */
  clipNorm?: number;
  private readonly velocities = new Velocities();

  constructor(args: SGDArgs) {
    super();
    tf.serialization.registerClass(SGD);
    const { learningRate, momentum, weightDecay, clipNorm } = readOptions('sgd', args, sgdOptions);
    this.learningRate = learningRate;
    this.momentum = momentum;
    this.weightDecay = weightDecay;
    this.clipNorm = clipNorm;
  }

  /** Sets the step size, as some of tfjs's own optimizers do. */
  setLearningRate(learningRate: number): void {
    this.learningRate = sgdOptions.learningRate.read('learningRate', learningRate);
  }

  override applyGradients(variableGradients: tf.NamedTensorMap | NamedTensors): void {
    const gradients = listGradients(variableGradients);
    const { registeredVariables } = tf.engine();
    const variables = gradients
      .filter(({ tensor }) => tensor)
      .map(({ name, tensor }) => {
        const variable = registeredVariables[name] as tf.Variable | undefined;
        if (!variable || !tf.util.arraysEqual(variable.shape, tensor.shape))
          throw new ArgumentError(
            `the gradient of ${name}`,
            variable ? describe(variable) : 'the name of a variable',
            describe(tensor),
          );
        return { variable, gradient: tensor };
      });
    this.velocities.assignRestored(gradients.map(({ name }) => name));
    tf.tidy(() => this.step(variables));
    this.incrementIterations();
  }

  private step(variables: { variable: tf.Variable; gradient: tf.Tensor }[]): void {
    const { learningRate, momentum, weightDecay } = this;
    const scale = this.clipScale(variables.map(({ gradient }) => gradient));
    const rows = variables.map(({ variable, gradient }) => [
      variable,
      gradient,
      ...(momentum === 0 ? [] : [this.velocities.of(variable)]),
    ]);
    const clip = (gradient: tf.Tensor) => (scale ? tf.mul(gradient, scale) : gradient);
    const updated = hasCustomKernel('SGDStep')
      ? rows.map(([weight, gradient, velocity]) => {
          const inputs = { weight, gradient: clip(gradient), ...(velocity && { velocity }) };
          return runCustomKernel('SGDStep', inputs, { learningRate, momentum, weightDecay });
        })
      : updateElementwise(rows, (weight, whole, velocity?: tf.Tensor) => {
          const gradient = clip(whole);
          const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay));
          const next = velocity ? tf.add(tf.mul(velocity, momentum), decayed) : decayed;
          const moved = tf.sub(weight, tf.mul(next, learningRate));
          return velocity ? [moved, next] : [moved];
        });
    rows.forEach(([weight, , velocity], i) => {
      (weight as tf.Variable).assign(updated[i][0]);
      if (velocity) (velocity as tf.Variable).assign(updated[i][1]);
    });
  }

  /** Returns min(1, c / (|g| + 1e-6)), if there is a limit. */
  private clipScale(gradients: tf.Tensor[]): tf.Scalar | undefined {
    if (this.clipNorm === undefined || gradients.length === 0) return undefined;
    return tf.minimum(1, tf.div(this.clipNorm, tf.add(globalNorm(gradients), 1e-6))) as tf.Scalar;
  }

  override async getWeights(): Promise<NamedTensors> {
    return [await this.saveIterations(), ...this.velocities.save()];
  }

  override async setWeights(weightValues: NamedTensors): Promise<void> {
    this.velocities.restore(await this.extractIterations(weightValues));
  }

  override dispose(): void {
    this.velocities.dispose();
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { learningRate, momentum, weightDecay, clipNorm } = this;
    return { learningRate, momentum, weightDecay, ...(clipNorm === undefined ? {} : { clipNorm }) };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(optionsOf(config));
  }
}

/** Makes an `SGD` optimizer. @throws ArgumentError for options out of range. */
export function sgd(args: SGDArgs): SGD {
  return new SGD(args);
}
