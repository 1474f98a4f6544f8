import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { imageRecall } from './imageRecall';

/** What was seen at the end of an epoch. */
export interface Epoch {
  loss: number;
  /** Tensors alive. */
  tensors: number;
  /** Reads of the device since the epoch before. */
  reads: number;
}

/** A callback as users write them, a plain `onEpochEnd`, which also serves a loop of one's own. */
export class Watch {
  readonly epochs: Epoch[] = [];
  untrained = Number.NaN;
  private reads = 0;
  private readonly undo: () => void;

  constructor() {
    const engine = tf.engine();
    const { read, readSync, runKernel } = engine;
    let isInKernel = false;
    const counted =
      <Args extends unknown[], Result>(f: (...args: Args) => Result) =>
      (...args: Args): Result => {
        // A kernel of wasm may look at its own memory: nothing waits for that.
        if (!isInKernel) this.reads++;
        return f.apply(engine, args);
      };
    engine.read = counted(read);
    engine.readSync = counted(readSync);
    engine.runKernel = ((...args: Parameters<typeof runKernel>) => {
      const outer = isInKernel;
      isInKernel = true;
      try {
        return runKernel.apply(engine, args);
      } finally {
        isInKernel = outer;
      }
    }) as typeof runKernel;
    this.undo = () => Object.assign(engine, { read, readSync, runKernel });
  }

  /** Measures the encoder that is about to be trained. */
  async start(encoder: tfl.LayersModel): Promise<void> {
    this.untrained = await imageRecall(encoder);
    this.reads = 0;
  }

  readonly onEpochEnd = async (_epoch: number, logs: tfl.Logs = {}): Promise<void> => {
    const loss = logs.loss as number | tf.Scalar;
    const value = typeof loss === 'number' ? loss : (await loss.data())[0];
    this.epochs.push({ loss: value, tensors: tf.memory().numTensors, reads: this.reads });
    this.reads = 0;
  };

  close(): void {
    this.undo();
  }
}
