import type { MessagePort } from 'node:worker_threads';
import type { ContrastiveDatasetArgs } from '../../data/contrastiveDatasetArgs';
import type { DataOrder } from '../../data/dataOrder';
import type { BackendName } from '../backend';
import type { SkippedFile } from '../images/listImages';
import type { Packed } from './elements';
import type { PackedError } from './errors';
import type { Parcel } from './parcels';

/** What a thread is started with. */
export interface ThreadSetup {
  backend: BackendName;
  source: { parcel: Parcel } | { tensors: Packed };
  transforms: Parcel[];
  args: ContrastiveDatasetArgs;
  /** Batches that are made before they are asked for. */
  ahead: number;
}

/** What a thread says once it has started: the number of images, or why it cannot. */
export type ReadyMessage = { size: number } | { failure: PackedError };

/** Asks a thread for one pass. Batches come through the port; each message into it asks for one more. */
export interface PassRequest {
  position: { epoch: number; batch: number };
  order: DataOrder;
  port: MessagePort;
}

/** What comes through the port of a pass. */
export type PassMessage = BatchMessage | { done: true } | { failure: PackedError };

export interface BatchMessage {
  element: Packed;
  /** Indices that the source has skipped so far. */
  skipped: number[];
  /** The files behind them, where the source is a folder. */
  unreadable: [index: number, file: SkippedFile][];
}
