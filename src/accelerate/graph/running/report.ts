/** Reports what runs as a graph, what eagerly, and why. */
export interface GraphReport {
  /** The backend that was current. */
  backend: string;
  /** A line to print: `one graph a step, checked`, or `eager: ` and the most frequent of the `reasons`. */
  description: string;
  /** `graph` where steps run as one; `eager` where they cannot, see `reasons`. */
  runs: 'graph' | 'eager';
  /** Why steps ran eagerly, and how many. */
  reasons: Record<string, number>;
  /** Steps by the way they ran. */
  steps: {
    /** As one graph, after their JavaScript was compared with the recording. */
    graph: number;
    /** As one graph, without their JavaScript: `assumePure`. */
    fast: number;
    /** Operation by operation: before a recording, or for one of the `reasons`. */
    eager: number;
    /** Operation by operation, and written down. */
    recorded: number;
    /** As a graph and operation by operation, with the same results. */
    verified: number;
  };
  /** The graphs that there are now, one for each set of shapes. */
  graphs: {
    /** Types and shapes of the arguments. */
    args: string;
    /** Operations that were recorded, and those of them that something depends on. */
    recorded: number;
    operations: number;
    /** Variables that live in the session. */
    variables: number;
    /** Tensors that a step brings, and fetches. */
    fed: number;
    fetched: number;
    /** Milliseconds that writing and loading it took. */
    buildTime: number;
  }[];
}

/** Counts steps, and the reasons why some ran eagerly. */
export class Counts {
  readonly steps: GraphReport['steps'] = { graph: 0, fast: 0, eager: 0, recorded: 0, verified: 0 };
  readonly reasons: Record<string, number> = {};

  because(reason: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }

  /** Returns the most frequent reason. */
  mainReason(): string {
    const [[reason] = ['no step yet']] = Object.entries(this.reasons).sort(([, a], [, b]) => b - a);
    return reason;
  }
}
