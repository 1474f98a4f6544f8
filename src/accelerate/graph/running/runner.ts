import * as tf from '@tensorflow/tfjs-core';
import { type GraphBackend, missingParts } from '../binding/binding';
import { currentGraphBackend, Switchboard } from '../binding/dispatcher';
import { Trace } from './concreteStep';
import type { Purity } from './fastPath';
import { Counts, type GraphReport } from './report';

/** How many graphs one function keeps; the one that was not used for the longest time goes. */
const maxGraphs = 8;

/** Chooses how a step runs, by the shapes of its arguments. */
export class GraphRunner {
  readonly counts = new Counts();
  private board?: Switchboard;
  private traces = new Map<string, Trace>();
  private isDisposed = false;

  constructor(private readonly purity?: Purity) {}

  run<Args extends unknown[], Result>(step: (...args: Args) => Result, args: Args): Result {
    const reason = this.obstacle();
    const ids = reason === undefined && this.board ? idsOf(this.board, args) : undefined;
    if (!ids) {
      this.counts.steps.eager++;
      this.counts.because(reason ?? 'an argument is a tensor of text, or of another backend');
      return step(...args);
    }
    return this.trace(ids).run(() => step(...args), ids);
  }

  /** Says why the current call cannot be a graph. */
  private obstacle(): string | undefined {
    if (this.isDisposed) return 'it was disposed of';
    const backend = currentGraphBackend();
    if (!backend) return `the backend ${tf.getBackend()} runs no graphs`;
    if (!this.board) {
      const reason = unsuitable(backend);
      if (reason) return reason;
      this.board = Switchboard.of(backend);
      this.board.join();
    }
    if (this.board.backend !== backend) return 'the backend was started anew';
    return this.board.listener ? 'it is part of another compiled function' : undefined;
  }

  /** Moves what was used last to the end. */
  private trace(ids: Map<tf.Tensor, number>): Trace {
    const key = signature([...ids.keys()]);
    const trace = this.traces.get(key) ?? new Trace(this.board!, this.counts, this.purity);
    this.traces.delete(key);
    this.traces.set(key, trace);
    const withGraph = [...this.traces.entries()].filter(([, { session }]) => session);
    if (withGraph.length > maxGraphs) {
      const [[oldest, { forget }]] = withGraph;
      forget.call(this.traces.get(oldest));
      this.traces.delete(oldest);
    }
    return trace;
  }

  report(): GraphReport {
    const { steps, reasons } = this.counts;
    const graphs = [...this.traces].flatMap(([args, { session, buildTime }]) => {
      if (!session) return [];
      const { program, graph, fed } = session;
      return {
        args,
        recorded: program.operations.length,
        operations: graph.operations.size,
        variables: program.variables.length,
        fed,
        fetched: program.results.length,
        buildTime,
      };
    });
    const runs = graphs.length > 0 ? 'graph' : 'eager';
    const description = runs === 'eager' ? `eager: ${this.counts.mainReason()}` : `one graph a step, ${this.checks()}`;
    return { backend: tf.getBackend(), description, runs, reasons: { ...reasons }, steps: { ...steps }, graphs };
  }

  private checks = () => (this.purity ? `checked every ${this.purity.auditEvery} steps` : 'checked');

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    for (const trace of this.traces.values()) trace.forget();
    this.traces.clear();
    this.board?.leave();
  }
}

function unsuitable(backend: GraphBackend): string | undefined {
  const missing = missingParts(backend);
  return missing.length > 0 ? `this version of tfjs-node has no ${missing.join(', ')}` : undefined;
}

/** All tensors in the arguments, with their ids; undefined if one of them cannot be given to a graph. */
function idsOf(board: Switchboard, args: unknown[]): Map<tf.Tensor, number> | undefined {
  const ids = new Map<tf.Tensor, number>();
  for (const tensor of tensorsIn(args)) {
    const id = tensor.dtype === 'string' ? undefined : board.idOf(tensor);
    if (id === undefined) return undefined;
    ids.set(tensor, id);
  }
  return ids;
}

function tensorsIn(value: unknown, seen = new Set<unknown>()): tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value).flatMap((part) => tensorsIn(part, seen));
}

const signature = (tensors: tf.Tensor[]) => tensors.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(' ');
