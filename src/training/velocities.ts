import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../support/errors';

/** Named tensors, a type that tfjs does not export. */
export type NamedTensors = Parameters<tf.Optimizer['setWeights']>[0];

/** Lists gradients, which tfjs passes in either form. */
export function listGradients(gradients: tf.NamedTensorMap | NamedTensors): NamedTensors {
  if (Array.isArray(gradients)) return gradients;
  return Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
}

/** Keeps the velocities of variables, by the variables' names. */
export class Velocities {
  private readonly known = new Map<string, tf.Variable>();
  /** Restored velocities, until the first step shows which variables they belong to. */
  private restored: { name: string; velocity: tf.Variable }[] = [];

  /** Returns a variable's velocity, zeros before its first step. */
  of(variable: tf.Variable): tf.Variable {
    const known = this.known.get(variable.name);
    if (known) return known;
    const velocity = tf.variable(tf.zerosLike(variable), false);
    this.known.set(variable.name, velocity);
    return velocity;
  }

  save(): NamedTensors {
    const known = [...this.known].map(([name, velocity]) => ({ name, velocity }));
    return [...known, ...this.restored].map(({ name, velocity }) => ({ name: `${name}/velocity`, tensor: velocity }));
  }

  restore(saved: NamedTensors): void {
    this.dispose();
    this.restored = saved.map(({ name, tensor }) => ({
      name: name.replace(/\/velocity$/, ''),
      velocity: tf.variable(tensor, false),
    }));
  }

  /**
   * Assigns the restored velocities to their variables. @throws ArgumentError if one has no variable or another shape.
   */
  assignRestored(names: string[]): void {
    const { restored } = this;
    const owners = findOwners(
      restored.map(({ name }) => name),
      names,
    );
    const { registeredVariables } = tf.engine();
    restored.forEach(({ velocity }, i) => {
      const owner = registeredVariables[owners[i]];
      if (owner && !tf.util.arraysEqual(owner.shape, velocity.shape))
        throw new ArgumentError(
          `the restored velocity of ${owners[i]}`,
          `shape [${owner.shape.join(', ')}]`,
          `[${velocity.shape.join(', ')}]`,
        );
    });
    restored.forEach(({ velocity }, i) => {
      this.known.set(owners[i], velocity);
    });
    this.restored = [];
  }

  dispose(): void {
    tf.dispose([...this.known.values(), ...this.restored.map(({ velocity }) => velocity)]);
    this.known.clear();
    this.restored = [];
  }
}

/** Drops the number that tfjs adds to a second variable of one name, as in `dense/kernel_1`. */
const originalName = (name: string) => name.replace(/_\d+$/, '');

/** Finds the variable of each saved name: the one of the same name, or else of the same original name, in order. */
function findOwners(saved: string[], variables: string[]): string[] {
  // A step may train only some of the variables, and be the first step of others.
  const sameNames = saved.every((name) => variables.includes(name)) || variables.every((name) => saved.includes(name));
  if (sameNames) return saved;
  const open = [...variables];
  return saved.map((name) => {
    const place = open.findIndex((other) => originalName(other) === originalName(name));
    if (place < 0)
      throw new ArgumentError('the restored optimizer', `velocities of ${describe(variables)}`, `one of "${name}"`);
    return open.splice(place, 1)[0];
  });
}
