import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../support/errors';

/** Tensors with names, a type that tfjs does not export. */
export type NamedTensors = Parameters<tf.Optimizer['setWeights']>[0];

/** The velocities of variables, by the variables' names. */
export class Velocities {
  private readonly known = new Map<string, tf.Variable>();
  /** Velocities that were restored, until the first step shows whose they are. */
  private restored: { name: string; velocity: tf.Variable }[] = [];

  /** A variable's velocity; 0 before its first step. */
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

  /** Gives the restored velocities to their variables. @throws ArgumentError if one is of no variable, or of another shape. */
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

/** tfjs numbers the variables of a second model of one name anew: `dense/kernel_1`. */
const originalName = (name: string) => name.replace(/_\d+$/, '');

/** The variable that each saved name means: the one of this very name, or else of this original name, in order. */
function findOwners(saved: string[], variables: string[]): string[] {
  // A step may be about some of the variables only, and be the first one of others.
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
