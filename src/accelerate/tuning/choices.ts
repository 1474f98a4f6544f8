import { ArgumentError, describe } from '../../support/errors';
import { isRecord } from '../../support/isRecord';
import type { Way } from './call';

/** Which of two ways each call of a kernel takes on one device: plain JSON, to be saved and given to `accelerate`. */
export interface KernelChoices {
  /** TensorFlow.js's name of the backend that was measured. */
  backend: string;
  /** By kernel, shapes and attributes: TensorFlow.js's kernel, or this package's. */
  calls: { [call: string]: Way };
}

/** @throws ArgumentError for other values than `KernelChoices`, and for those of another backend. */
export function checkChoices(value: KernelChoices, backend: string): KernelChoices {
  const calls = isRecord(value) ? value.calls : undefined;
  if (!isRecord(calls) || !Object.values(calls).every((way) => way === 'stock' || way === 'accelerated'))
    throw new ArgumentError('option choices', 'the choices of a tuning', describe(value));
  if (value.backend === backend) return value;
  throw new ArgumentError('option choices', `choices for the backend ${describe(backend)}`, describe(value.backend));
}
