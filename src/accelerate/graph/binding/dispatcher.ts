import * as tf from '@tensorflow/tfjs-core';
import type { Attribute, Binding, Calls, GraphBackend, Output, Values } from './binding';

/** The first virtual id: TensorFlow's own ids count from 0. A virtual id stands for a value that a graph computes. */
const firstVirtual = 2 ** 30;
let nextVirtual = firstVirtual;

/** Reserves `count` virtual ids that are never used again; returns the first. */
export function reserveIds(count: number): number {
  nextVirtual += count;
  return nextVirtual - count;
}

/** Holds the values of variables in a session. */
export interface StateOwner {
  /** Fetches the values: resolves every virtual id that stands for one of them. */
  pull(): void;
}

const names = ['executeOp', 'createTensor', 'deleteTensor', 'tensorDataSync', 'runSavedModel'] as const;
const dispatchers = new WeakMap<object, Dispatcher>();

/**
 * Dispatches the calls of tfjs-node's backend: to a listener, which records or compares a step, or to TensorFlow, with
 * real ids in place of virtual ones.
 */
export class Dispatcher implements Calls {
  /** The binding of tfjs-node itself. */
  readonly native: Binding;
  /** Receives the calls; without one they go to TensorFlow. */
  listener?: Calls;
  /** The real ids of virtual ones whose tensors exist. */
  readonly resolved = new Map<number, number>();
  /** The owners of state for which virtual ids stand. */
  readonly owners = new Map<number, StateOwner>();
  private users = 0;
  private readonly front: Binding;

  /** Returns the only dispatcher of a backend. */
  static of(backend: GraphBackend): Dispatcher {
    const dispatcher = dispatchers.get(backend) ?? new Dispatcher(backend);
    dispatchers.set(backend, dispatcher);
    return dispatcher;
  }

  private constructor(readonly backend: GraphBackend) {
    this.native = backend.binding;
    const forward = (name: (typeof names)[number]) => ({
      value: (...args: unknown[]) => ((this.listener ?? this)[name] as (...args: unknown[]) => unknown)(...args),
      writable: true,
    });
    this.front = Object.create(this.native, Object.fromEntries(names.map((name) => [name, forward(name)])));
  }

  /** Stands in front of the binding until as many `leave` as `join`, and no virtual id is left. */
  join(): void {
    this.users++;
    this.backend.binding = this.front;
  }

  leave(): void {
    this.users--;
    this.stepBack();
  }

  private stepBack(): void {
    const isIdle = this.users === 0 && this.resolved.size === 0 && this.owners.size === 0;
    if (isIdle && this.backend.binding === this.front) this.backend.binding = this.native;
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

  /** Returns the id that TensorFlow knows; fetches state that is in a session. */
  realId = (id: number): number => {
    if (id < firstVirtual) return id;
    if (!this.resolved.has(id)) this.owners.get(id)?.pull();
    const real = this.resolved.get(id);
    if (real === undefined) throw new Error('This tensor is the result of a compiled step that failed.');
    return real;
  };

  /** Returns the id of a tensor, real or virtual, once TensorFlow has its values; undefined for another backend's. */
  idOf(tensor: tf.Tensor): number | undefined {
    const { tensorMap } = this.backend;
    if (tensor.isDisposed || !tensorMap.has(tensor.dataId)) return undefined;
    const { id, values } = tensorMap.get(tensor.dataId);
    return values === null ? id : this.backend.getInputTensorIds([tensor])[0];
  }

  /** Returns the ids of those tensors that are of this backend. */
  idsOf<T extends tf.Tensor>(tensors: Iterable<T>): Map<T, number> {
    const ids = new Map<T, number>();
    for (const tensor of tensors) {
      const id = this.idOf(tensor);
      if (id !== undefined) ids.set(tensor, id);
    }
    return ids;
  }

  executeOp = (name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[] =>
    this.native.executeOp(name, attributes, inputs.map(this.realId), outputs);

  createTensor = (shape: number[], dtype: number, values: Values): number =>
    this.native.createTensor(shape, dtype, values);

  tensorDataSync = (id: number): Values => this.native.tensorDataSync(this.realId(id));

  runSavedModel = (session: number, ids: number[], inputs: string, outputs: string): Output[] =>
    this.native.runSavedModel(session, ids.map(this.realId), inputs, outputs);

  deleteTensor = (id: number): void => {
    const real = id < firstVirtual ? id : this.resolved.get(id);
    if (real !== undefined) this.native.deleteTensor(real);
    if (id < firstVirtual) return;
    this.owners.delete(id);
    this.resolved.delete(id);
    if (this.users === 0) this.stepBack();
  };
}

/** Returns the current backend if it is tfjs-node's. */
export const currentGraphBackend = () =>
  tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as GraphBackend) : undefined;
