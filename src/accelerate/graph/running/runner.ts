import * as tf from '@tensorflow/tfjs-core';
import { missingParts } from '../binding/binding';
import { currentGraphBackend, Dispatcher } from '../binding/dispatcher';
import { ConcreteStep } from './concreteStep';
import type { Purity } from './fastPath';
import { Counts, type GraphReport } from './report';
import { tensorsIn } from './structure';

/** How many graphs one function keeps; the one that was not used for the longest time goes. */
const maxGraphs = 8;

/** Runs a step, as a graph where it can: one for each signature, the types and shapes of its arguments. */
export class GraphRunner {
  private readonly counts = new Counts();
  private readonly steps = new Map<string, ConcreteStep>();
  private dispatcher?: Dispatcher;
  private isDisposed = false;

  constructor(private readonly purity?: Purity) {}

  run<Args extends unknown[], Result>(step: (...args: Args) => Result, args: Args): Result {
    const reason = this.obstacle();
    const ids = reason === undefined && this.dispatcher ? idsIn(args, this.dispatcher) : undefined;
    if (!ids) {
      this.counts.steps.eager++;
      this.counts.because(reason ?? 'an argument is a tensor of text, or of another backend');
      return step(...args);
    }
    return this.concreteStep(ids).run(() => step(...args), ids);
  }

  /** Returns why the current call cannot be a graph. */
  private obstacle(): string | undefined {
    if (this.isDisposed) return 'it was disposed of';
    const backend = currentGraphBackend();
    if (!backend) return `the backend ${tf.getBackend()} runs no graphs`;
    if (!this.dispatcher) {
      const missing = missingParts(backend);
      if (missing.length > 0) return `this version of tfjs-node has no ${missing.join(', ')}`;
      this.dispatcher = Dispatcher.of(backend);
      this.dispatcher.join();
    }
    if (this.dispatcher.backend !== backend) return 'the backend was started anew';
    return this.dispatcher.listener ? 'it is part of another compiled function' : undefined;
  }

  /** Moves the step that is used to the end, and gives up the first graph if there are too many. */
  private concreteStep(args: Map<tf.Tensor, number>): ConcreteStep {
    const signature = [...args.keys()].map(({ dtype, shape }) => `${dtype}[${shape}]`).join(' ');
    const step = this.steps.get(signature) ?? new ConcreteStep(this.dispatcher!, this.counts, this.purity);
    this.steps.delete(signature);
    this.steps.set(signature, step);
    const withGraph = [...this.steps].filter(([, { session }]) => session);
    if (withGraph.length > maxGraphs) {
      const [[oldest, step]] = withGraph;
      step.forget();
      this.steps.delete(oldest);
    }
    return step;
  }

  report(): GraphReport {
    const { steps, reasons } = this.counts;
    const graphs = [...this.steps].flatMap(([args, step]) => step.report(args));
    const checks = this.purity ? `checked every ${this.purity.auditEvery} steps` : 'checked';
    const runs = graphs.length > 0 ? 'graph' : 'eager';
    const description = runs === 'eager' ? `eager: ${this.counts.mainReason()}` : `one graph a step, ${checks}`;
    return { backend: tf.getBackend(), description, runs, reasons: { ...reasons }, steps: { ...steps }, graphs };
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    for (const step of this.steps.values()) step.forget();
    this.steps.clear();
    this.dispatcher?.leave();
  }
}

/** Returns all tensors in the arguments, with their ids; undefined if one of them cannot be given to a graph. */
function idsIn(args: unknown[], dispatcher: Dispatcher): Map<tf.Tensor, number> | undefined {
  const tensors = tensorsIn(args);
  const ids = dispatcher.idsOf(tensors.filter(({ dtype }) => dtype !== 'string'));
  return ids.size === tensors.length ? ids : undefined;
}
