import { Tensor } from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from './errors';
import { isRecord } from './isRecord';

/**
 * Refuses what tfjs passes to a function that stands in place of its result: an element as in `.map(twoViews)`, labels
 * as in `loss: nonSemanticInfoNCE`.
 *
 * @throws ArgumentError
 */
export function checkIsCalled(owner: string, args: object): void {
  if (!(args instanceof Tensor) && !(isRecord(args) && 'xs' in args)) return;
  throw new ArgumentError(
    `the options of ${owner}()`,
    'an object',
    describe(args),
    `Pass what it returns: ${owner}().`,
  );
}
