import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError } from '../support/errors';

// tfjs takes the kind of all `callbacks` from the first one. Where that is a plain object, it copies the hooks of each
// into a CustomCallback, without the object that they belong to and without the model; where it is a tf.Callback, it
// calls methods that a plain object lacks. A list with a callback of this package is corrected before the training
// begins.

type Hook = (...args: never[]) => unknown;

/** The names of a callback's hooks. */
export const hookNames = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
] as const;

/** A CustomCallback with its hooks, which tfjs keeps under names without the `on`. */
type Copied = { [Name in (typeof hookNames)[number] as CopiedName<Name>]?: Hook & { [owner]?: tfl.Callback } };
type CopiedName<Name extends string> = Name extends `on${infer Rest}` ? Uncapitalize<Rest> : never;

// By registered symbols, as a program may hold an ESM and a CommonJS copy of this package.
const owner = Symbol.for('tfjs-nonsemantic-negatives.callback');
const mixed = Symbol.for('tfjs-nonsemantic-negatives.mixesCallbacks');

/** Marks a callback's own hook, so that a copy of it leads back to the callback. */
export function ownHook(hook: Hook, callback: tfl.Callback): void {
  Object.assign(hook, { [owner]: callback });
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

/** Finds the callback of this package that `callback` is, or is a copy of. */
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
function checkCopy(copied: Copied): void {
  const classes = [tfl.Callback, tfl.EarlyStopping, tfl.CustomCallback].map(({ prototype }) => prototype);
  const isMethod = (name: (typeof hookNames)[number]) => {
    const hook = copied[(name[2].toLowerCase() + name.slice(3)) as keyof Copied];
    return hook && classes.some((prototype) => prototype[name] === (hook as Hook));
  };
  if (hookNames.some(isMethod))
    throw new ArgumentError(
      'the first of callbacks',
      'a tf.Callback, as a later one is',
      'a plain object',
      'TensorFlow.js would call the later one without its object. Put a tf.Callback first, such as one of this package.',
    );
}
