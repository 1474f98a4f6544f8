import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../support/errors';
import { hookNames, mixCallbacks, ownHook } from './callbackList';
import { optimizerOf } from './training';

/** A callback that works anywhere in `callbacks`, beside plain objects and every other kind. */
export abstract class TrainingCallback extends tfl.Callback {
  /** The function that makes it, for messages. */
  protected abstract readonly owner: string;

  constructor() {
    super();
    mixCallbacks();
    for (const name of hookNames) Object.assign(this, { [name]: this[name].bind(this) });
    ownHook(this.onTrainBegin, this);
  }

  /** @throws ArgumentError for a model of another copy of tfjs-layers, whose layers would not be recognized. */
  override setModel(model: tfl.LayersModel): void {
    if (!(model instanceof tfl.LayersModel)) throw this.wrongModel(model);
    super.setModel(model);
  }

  /** The model in training. @throws ArgumentError if `fit` or `fitDataset` gave none. */
  protected get trainedModel(): tfl.LayersModel {
    if (!this.model) throw this.wrongModel(this.model);
    return this.model;
  }

  /** Its optimizer. @throws ArgumentError if there is none. */
  protected get optimizer(): tf.Optimizer {
    return optimizerOf(this.trainedModel);
  }

  private wrongModel(received: unknown): ArgumentError {
    return new ArgumentError(
      `the model of ${this.owner}()`,
      'a model of the tfjs-layers that this package imports',
      describe(received),
      'Does the program load two copies of tfjs, or call a hook before a training?',
    );
  }
}
