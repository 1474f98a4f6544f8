import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError } from '../support/errors';

// tfjs takes the kind of all `callbacks` from the first one. Where that is a plain object, it copies the hooks of each
// into a CustomCallback, without the object that they belong to and without the model; where it is a tf.Callback, it
// calls methods that a plain object lacks. A list with a callback of this package is corrected before the training
// begins.

type Hook = (...args: never[]) => unknown;

/** A CustomCallback with its hooks, which tfjs keeps under these names. */
interface Copied {
  trainBegin?: Hook & { [owner]?: tfl.Callback };
  trainEnd?: Hook;
  epochBegin?: Hook;
  epochEnd?: Hook;
  batchBegin?: Hook;
  batchEnd?: Hook;
}

// By registered symbols, as a program may hold an ESM and a CommonJS copy of this package.
const owner = Symbol.for('tfjs-nonsemantic-negatives.callback');
const mixed = Symbol.for('tfjs-nonsemantic-negatives.mixesCallbacks');

/** Marks a callback's own hook, so that a copy of it leads back to the callback. */
export function ownHook<T extends Hook>(hook: T, callback: tfl.Callback): T {
  return Object.assign(hook, { [owner]: callback });
}

/** Lets callbacks of this package stand in one list with plain objects, in any order. */
export function mixCallbacks(): void {
  const { prototype } = tfl.CallbackList as unknown as { prototype: tfl.CallbackList & { [mixed]?: boolean } };
  if (prototype[mixed]) return;
  const { setParams } = prototype;
  prototype[mixed] = true;
  // tfjs calls it first of all, with the list complete.
  prototype.setParams = function (this: tfl.CallbackList, params) {
    const list = this as unknown as { callbacks: tfl.Callback[] };
    if (list.callbacks.some((callback) => ownerOf(callback))) list.callbacks = list.callbacks.map(standardize);
    setParams.call(this, params);
  };
}

/** The callback of this package that `callback` is, or is a copy of. */
function ownerOf(callback: object): tfl.Callback | undefined {
  const { onTrainBegin, trainBegin } = callback as { onTrainBegin?: Copied['trainBegin'] } & Copied;
  return trainBegin?.[owner] ?? onTrainBegin?.[owner];
}

function standardize(callback: tfl.Callback): tfl.Callback {
  const own = ownerOf(callback);
  if (own) return own;
  if (typeof callback.setParams !== 'function')
    return new tfl.CustomCallback(callback as never) as unknown as tfl.Callback;
  checkCopy(callback as Copied);
  return callback;
}

/** @throws ArgumentError for a copy of a tf.Callback: its hooks would run without the object that they belong to. */
function checkCopy({ trainBegin, trainEnd, epochBegin, epochEnd, batchBegin, batchEnd }: Copied): void {
  const hooks = [trainBegin, trainEnd, epochBegin, epochEnd, batchBegin, batchEnd];
  const classes = [tfl.Callback, tfl.EarlyStopping, tfl.CustomCallback].map(({ prototype }) => prototype);
  const methods = classes.flatMap(
    ({ onTrainBegin, onEpochBegin, onEpochEnd, onBatchBegin, onBatchEnd, onTrainEnd }) => [
      ...[onTrainBegin, onEpochBegin, onEpochEnd, onBatchBegin, onBatchEnd, onTrainEnd],
    ],
  );
  if (hooks.some((hook) => hook && methods.includes(hook as never)))
    throw new ArgumentError(
      'the first of callbacks',
      'a tf.Callback, as a later one is',
      'a plain object',
      'TensorFlow.js would call the later one without its object. Put a tf.Callback first, such as one of this package.',
    );
}
