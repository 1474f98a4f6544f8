import { ArgumentError } from '../support/errors';
import { hasHalfFloats } from '../support/hasHalfFloats';

/** A model file must not make a machine allocate at will. */
const maxBytes = 2 ** 30;

/** Integers up to this are exact in 16-bit floats, in which some WebGL devices keep int32 tensors too. */
const maxHalfInteger = 2 ** 11;

/** Checks that `size` keys of `dimensions` values fit into 1 GiB. @throws ArgumentError */
export function checkQueueBytes(size: number, dimensions: number): void {
  const max = Math.floor(maxBytes / (4 * dimensions));
  if (size > max) refuse(size, `at most ${max}`, `More keys of ${dimensions} values exceed 1 GiB.`);
}

/** Checks that a batch fits into the queue, and that the backend can number its rows. @throws ArgumentError */
export function checkQueueSize(size: number, batch: number): void {
  if (batch > size) refuse(size, `at least the batch size ${batch}`);
  if (size > maxHalfInteger && hasHalfFloats())
    refuse(size, `at most ${maxHalfInteger}`, 'Larger row numbers are not exact in 16-bit floats.');
}

function refuse(size: number, bounds: string, hint?: string): never {
  throw new ArgumentError('option size (queueSize)', `an integer of ${bounds}`, `${size}`, hint);
}
