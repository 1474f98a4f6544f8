import type { DataOrder } from '../data/dataOrder';

/** Where a training stands. */
export interface TrainingPosition {
  /** The running epoch, or the next one between two epochs. */
  epoch: number;
  /** Batches of it that are trained. */
  batch: number;
  /** Anything else that JSON can hold, such as the figures so far. */
  extra?: unknown;
}

/**
 * Returns the position of the next batch: after the last batch of an epoch that is the start of the next epoch.
 *
 * @param order The order of the data, from which the batches of an epoch are counted; without it, or where the source
 *   does not know its size, the position stays as it is.
 */
export function nextPosition<T extends TrainingPosition>(position: T, order: DataOrder | null | undefined): T {
  const batches = order ? countBatches(order) : undefined;
  if (batches === undefined || position.batch < batches) return position;
  return { ...position, epoch: position.epoch + 1, batch: 0 };
}

function countBatches({ images, skipped, batchSize, smallLastBatch }: DataOrder): number | undefined {
  if (images === null) return undefined;
  const whole = smallLastBatch ? Math.ceil : Math.floor;
  return whole((images - skipped.length) / (batchSize ?? 1));
}
