import type { Tensor } from '@tensorflow/tfjs-core';

/** A note that travels with a tensor object, for what a shape cannot say and an argument cannot carry. */
interface TensorTag<T> {
  /** Attaches a value and returns the tensor. */
  set<X extends Tensor>(tensor: X, value: T): X;
  /** Returns the value attached to this very tensor object, if any. */
  get(tensor: Tensor): T | undefined;
}

type Tags = { [name: string]: WeakMap<Tensor, unknown> };

// On globalThis, so that the ESM and the CommonJS build in one process read each other's notes.
const registry = Symbol.for('tfjs-nonsemantic-negatives.tensorTags');

/** Makes a tag. @param name Unique in this package: tags of one name are the same tag. */
export function tensorTag<T>(name: string): TensorTag<T> {
  const shared = globalThis as { [registry]?: Tags };
  shared[registry] ??= {};
  shared[registry][name] ??= new WeakMap();
  const values = shared[registry][name] as WeakMap<Tensor, T>;
  return {
    set: (tensor, value) => {
      values.set(tensor, value);
      return tensor;
    },
    get: (tensor) => values.get(tensor),
  };
}
