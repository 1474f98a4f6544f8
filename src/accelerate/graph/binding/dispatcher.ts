import * as tf from '@tensorflow/tfjs-core';
import type { Attribute, Binding, Calls, GraphBackend, Output, Values } from './binding';

/** Ids from here on stand for tensors that TensorFlow's eager runtime does not have (yet); its own count from 0. */
const firstVirtual = 2 ** 30;
let nextVirtual = firstVirtual;

/** Reserves `count` ids that are never used again; returns the first. */
export function reserveIds(count: number): number {
  nextVirtual += count;
  return nextVirtual - count;
}

/** Holds state that variables only refer to. */
export interface StateOwner {
  /** Makes every virtual id that refers to its state known to the switchboard. */
  pull(): void;
}

const switchboards = new WeakMap<object, Switchboard>();

/**
 * Stands in front of tfjs-node's binding: hands its calls to a listener, which records or rehearses a step, and gives
 * TensorFlow real ids in place of virtual ones.
 */
export class Switchboard implements Calls {
  readonly real: Binding;
  /** Who receives the calls now; without one they go to TensorFlow. */
  listener?: Calls;
  /** Virtual ids of tensors that exist, with their real ids. */
  readonly resolved = new Map<number, number>();
  /** Virtual ids that stand for state, and where it is. */
  readonly remote = new Map<number, StateOwner>();
  private users = 0;
  private readonly front: Binding;

  /** The one of a backend. */
  static of(backend: GraphBackend): Switchboard {
    const known = switchboards.get(backend) ?? new Switchboard(backend);
    switchboards.set(backend, known);
    return known;
  }

  private constructor(readonly backend: GraphBackend) {
    this.real = backend.binding;
    const names = ['executeOp', 'createTensor', 'deleteTensor', 'tensorDataSync', 'runSavedModel'] as const;
    const forward = (name: (typeof names)[number]) => ({
      value: (...args: unknown[]) => ((this.listener ?? this)[name] as (...args: unknown[]) => unknown)(...args),
      writable: true,
    });
    this.front = Object.create(this.real, Object.fromEntries(names.map((name) => [name, forward(name)])));
  }

  /** Puts the switchboard in front of the binding until as many `leave` as `join`, and no virtual id is left. */
  join(): void {
    this.users++;
    this.backend.binding = this.front;
  }

  leave(): void {
    this.users--;
    this.stepBack();
  }

  private stepBack(): void {
    const isIdle = this.users === 0 && this.resolved.size === 0 && this.remote.size === 0;
    if (isIdle && this.backend.binding === this.front) this.backend.binding = this.real;
  }

  /** Runs `body` while `listener` receives the calls. */
  listen<T>(listener: Calls, body: () => T): T {
    this.listener = listener;
    try {
      return body();
    } finally {
      this.listener = undefined;
    }
  }

  /** The id that TensorFlow knows; fetches state that is elsewhere. */
  realId(id: number): number {
    if (id < firstVirtual) return id;
    if (!this.resolved.has(id)) this.remote.get(id)?.pull();
    const known = this.resolved.get(id);
    if (known === undefined) throw new Error('This tensor is the result of a compiled step that failed.');
    return known;
  }

  /**
   * The id of a tensor as it is, virtual or not, after TensorFlow was given its values; undefined if not of this
   * backend.
   */
  idOf(tensor: tf.Tensor): number | undefined {
    if (tensor.isDisposed || !this.backend.tensorMap.has(tensor.dataId)) return undefined;
    const { id, values } = this.backend.tensorMap.get(tensor.dataId);
    return values === null ? id : this.backend.getInputTensorIds([tensor])[0];
  }

  /** The tensors of this backend, with their ids. */
  idsOf<T extends tf.Tensor>(tensors: T[]): Map<T, number> {
    const ids = new Map<T, number>();
    for (const tensor of tensors) {
      const id = this.idOf(tensor);
      if (id !== undefined) ids.set(tensor, id);
    }
    return ids;
  }

  executeOp = (name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[] =>
    this.real.executeOp(
      name,
      attributes,
      inputs.map((id) => this.realId(id)),
      outputs,
    );

  createTensor = (shape: number[], dtype: number, values: Values): number =>
    this.real.createTensor(shape, dtype, values);

  tensorDataSync = (id: number): Values => this.real.tensorDataSync(this.realId(id));

  runSavedModel = (session: number, ids: number[], inputs: string, outputs: string): Output[] =>
    this.real.runSavedModel(
      session,
      ids.map((id) => this.realId(id)),
      inputs,
      outputs,
    );

  deleteTensor = (id: number): void => {
    if (id < firstVirtual) {
      this.real.deleteTensor(id);
      return;
    }
    this.remote.delete(id);
    const known = this.resolved.get(id);
    this.resolved.delete(id);
    if (known !== undefined) this.real.deleteTensor(known);
    if (this.users === 0) this.stepBack();
  };
}

/** The current backend, if it is tfjs-node's. */
export const currentGraphBackend = () =>
  tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as GraphBackend) : undefined;
