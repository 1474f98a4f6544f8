import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '../support/safetensors';

/** The tensors of a checkpoint, each to be taken once: a missing, misshapen or unused one is an error. */
export class StateDict {
  private readonly left: Map<string, StoredTensor>;

  constructor(tensors: Map<string, StoredTensor>) {
    this.left = new Map(tensors);
  }

  has(name: string): boolean {
    return this.left.has(name);
  }

  shapeOf(name: string): number[] {
    return this.find(name).shape;
  }

  /** @throws Error that names the tensor if there is none of this name and shape. */
  take(name: string, shape: number[]): tf.Tensor {
    const stored = this.find(name);
    if (String(stored.shape) !== String(shape))
      throw new Error(`Expected shape [${shape.join(', ')}] for ${name}, received [${stored.shape.join(', ')}].`);
    this.left.delete(name);
    return tf.tensor(stored.values, shape, stored.values instanceof Int32Array ? 'int32' : 'float32');
  }

  /** @throws Error that names a tensor that was not taken. */
  checkAllTaken(): void {
    for (const name of this.left.keys()) throw new Error(`Expected no further tensor, received ${name}.`);
  }

  private find(name: string): StoredTensor {
    const stored = this.left.get(name);
    if (!stored) throw new Error(`Expected a tensor ${name}, received none.`);
    return stored;
  }
}
