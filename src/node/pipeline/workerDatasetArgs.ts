import { type ContrastiveDatasetArgs, contrastiveDatasetOptions } from '../../data/contrastiveDatasetArgs';
import { choice, integer, optional } from '../../support/options';

/** How batches are ordered, as those of `contrastiveDataset`, and made in a thread. */
export interface WorkerDatasetArgs extends ContrastiveDatasetArgs {
  /** Images a batch. */
  batchSize: number;
  /** The thread's backend. @default the current one, `wasm` in place of one on a GPU */
  backend?: 'tfjs-node' | 'wasm' | 'cpu';
  /** Batches that are made ahead of the one in use. @default 2 */
  ahead?: number;
}

export const workerDatasetOptions = {
  ...contrastiveDatasetOptions,
  batchSize: integer({ min: 1 }),
  backend: optional(choice(['tfjs-node', 'wasm', 'cpu'])),
  ahead: integer({ min: 1, default: 2 }),
};
