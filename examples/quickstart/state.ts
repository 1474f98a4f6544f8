import * as tf from '@tensorflow/tfjs';
import type { MetricRecord } from 'tfjs-nonsemantic-negatives';

/** What a checkpoint keeps beside the training itself. */
export interface Figures {
  records: MetricRecord[];
  seconds: number;
}

/** A callback that lets Ctrl-C end the training after the running epoch; a second Ctrl-C ends the process at once. */
export function interruptible() {
  const callback = new Interruptible();
  process.once('SIGINT', callback.request);
  return callback;
}

class Interruptible extends tf.Callback {
  requested = false;

  readonly request = (): void => {
    this.requested = true;
    console.log('\nFinishing this epoch, then saving. Press Ctrl-C again to stop at once.');
  };

  override async onEpochEnd(): Promise<void> {
    if (this.requested) (this.model as tf.LayersModel).stopTraining = true;
  }

  release(): void {
    process.off('SIGINT', this.request);
  }
}
