import * as tf from '@tensorflow/tfjs-core';
import { updateElementwise } from '../support/elementwise';
import { ArgumentError, checkNames, checkNumber } from '../support/errors';
import { optionsOf } from '../support/rebuild';
import { globalNorm } from './globalNorm';

/** Tensors with names, a type that tfjs does not export. */
type NamedTensors = Parameters<tf.Optimizer['setWeights']>[0];

/** Options of `sgd`. */
export interface SGDArgs {
  /** Step size, at least 0; see also `setLearningRate`. */
  learningRate: number;
  /** Share of the velocity that a step keeps, at least 0. @default 0 */
  momentum?: number;
  /** Factor of the L2 term, added to the gradient of every variable, at least 0. @default 0 */
  weightDecay?: number;
  /** Greatest length of all gradients as one vector, above 0: longer ones are scaled down to it. @default no limit */
  clipNorm?: number;
}

/**
 * Stochastic gradient descent with PyTorch's semantics: g <- g + weightDecay w; v <- momentum v + g; w <- w - lr v.
 *
 * The decay enters before the momentum, and there is no dampening. Velocities belong to variables by name, not by
 * position, and are saved and restored (`getWeights`, `setWeights`), so that the next step is the same to the bit.
 *
 * With `clipNorm` c, first g <- g min(1, c / (|g| + 1e-6)), where |g| is the length of the gradients of all variables
 * taken together; on the device, without a read. It comes before the weight decay, which is not clipped.
 *
 * Source: `torch.optim.SGD` and `torch.nn.utils.clip_grad_norm_`; tfjs's own momentum optimiser has neither weight decay nor a working learning rate setter.
 */
export class SGD extends tf.Optimizer {
  /** @nocollapse */
  static readonly className = 'NonSemanticSGD';
  /** Step size of the next step. */
  learningRate: number;
  momentum: number;
  weightDecay: number;
  clipNorm?: number;
  private velocities = new Map<string, tf.Variable>();
  /** Velocities that were restored, until the first step shows whose they are. */
  private restored: { name: string; velocity: tf.Variable }[] = [];

  constructor(args: SGDArgs) {
    super();
    checkNames('sgd()', args, ['learningRate', 'momentum', 'weightDecay', 'clipNorm']);
    this.learningRate = checkNumber('learningRate', args.learningRate, { min: 0 });
    this.momentum = checkNumber('momentum', args.momentum ?? 0, { min: 0 });
    this.weightDecay = checkNumber('weightDecay', args.weightDecay ?? 0, { min: 0 });
    if (args.clipNorm !== undefined) this.clipNorm = checkNumber('clipNorm', args.clipNorm, { above: 0 });
  }

  /** As tfjs's other optimisers have it, for callbacks that call it. */
  setLearningRate(learningRate: number): void {
    this.learningRate = checkNumber('learningRate', learningRate, { min: 0 });
  }

  override applyGradients(variableGradients: tf.NamedTensorMap | NamedTensors): void {
    const gradients = Array.isArray(variableGradients)
      ? variableGradients
      : Object.entries(variableGradients).map(([name, tensor]) => ({ name, tensor }));
    if (this.restored.length > 0) this.adoptRestored(gradients.map(({ name }) => name));
    const { registeredVariables } = tf.engine();
    const variables = gradients
      .filter(({ tensor }) => tensor)
      .map(({ name, tensor }) => ({ variable: registeredVariables[name] as tf.Variable, gradient: tensor }));
    tf.tidy(() => this.step(variables));
    this.incrementIterations();
  }

  private step(variables: { variable: tf.Variable; gradient: tf.Tensor }[]): void {
    const { learningRate, momentum, weightDecay } = this;
    const scale = this.clipScale(variables.map(({ gradient }) => gradient));
    const rows = variables.map(({ variable, gradient }) => [
      variable,
      gradient,
      ...(momentum === 0 ? [] : [this.velocityOf(variable)]),
    ]);
    const updated = updateElementwise(rows, (weight, whole, velocity?: tf.Tensor) => {
      const gradient = scale ? tf.mul(whole, scale) : whole;
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

  /** min(1, c / (|g| + 1e-6)), if there is a limit. */
  private clipScale(gradients: tf.Tensor[]): tf.Scalar | undefined {
    if (this.clipNorm === undefined || gradients.length === 0) return undefined;
    return tf.minimum(1, tf.div(this.clipNorm, tf.add(globalNorm(gradients), 1e-6))) as tf.Scalar;
  }

  private velocityOf(variable: tf.Variable): tf.Variable {
    const known = this.velocities.get(variable.name);
    if (known) return known;
    const velocity = tf.variable(tf.zerosLike(variable), false);
    this.velocities.set(variable.name, velocity);
    return velocity;
  }

  override async getWeights(): Promise<NamedTensors> {
    const velocities = [...this.velocities].map(([name, velocity]) => ({ name, velocity }));
    const tensors = [...velocities, ...this.restored].map(({ name, velocity }) => ({
      name: `${name}/velocity`,
      tensor: velocity,
    }));
    return [await this.saveIterations(), ...tensors];
  }

  override async setWeights(weightValues: NamedTensors): Promise<void> {
    const velocities = await this.extractIterations(weightValues);
    this.disposeVelocities();
    this.restored = velocities.map(({ name, tensor }) => ({
      name: name.replace(/\/velocity$/, ''),
      velocity: tf.variable(tensor, false),
    }));
  }

  /**
   * Gives the restored velocities to the variables of these names; where names do not fit, in order: tfjs numbers the
   * variables of a second model of one name anew.
   */
  private adoptRestored(names: string[]): void {
    const restored = this.restored.map(({ name }) => name);
    const byName = restored.every((name) => names.includes(name)) || names.every((name) => restored.includes(name));
    if (!byName && this.restored.length !== names.length)
      throw new ArgumentError(
        'the restored optimiser',
        `velocities of ${names.length} variables`,
        `${this.restored.length}, such as ${this.restored[0].name}`,
      );
    this.restored.forEach(({ name, velocity }, i) => {
      this.velocities.set(byName ? name : names[i], velocity);
    });
    this.restored = [];
  }

  override dispose(): void {
    this.disposeVelocities();
  }

  private disposeVelocities(): void {
    tf.dispose([...this.velocities.values(), ...this.restored.map(({ velocity }) => velocity)]);
    this.velocities.clear();
    this.restored = [];
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
tf.serialization.registerClass(SGD);

/** Makes an `SGD` optimiser. @throws ArgumentError for options out of range. */
export function sgd(args: SGDArgs): SGD {
  return new SGD(args);
}
