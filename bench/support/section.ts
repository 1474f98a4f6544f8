import type { Machine } from './worker';

/** What a part of the bench receives. */
export interface Context {
  machine: Machine;
  /** Fewer settings, to see that everything runs. */
  quick: boolean;
  /** How often each contestant is measured. */
  rounds: number;
  /** Writes a file beside the report. */
  save(name: string, content: string): void;
}

/** What a part of the bench found. */
export interface Section {
  title: string;
  markdown: string;
  /** The figures, for the JSON. */
  data: unknown;
}
