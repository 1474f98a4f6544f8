import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkNumber, checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { readOptions } from '../support/options';
import { randomStream } from '../support/random';
import { optionsOf } from '../support/rebuild';
import { stopGradient } from '../support/stopGradient';
import { ContrastiveLayer } from './contrastiveLayer';
import { contrastiveSimilarities } from './contrastiveSimilarities';
import { type MemoryQueueArgs, memoryQueueOptions } from './memoryQueueArgs';
import { checkQueueBytes, checkQueueSize } from './queueLimits';
import { UnitRows } from './unitRows';

/**
 * Remembers the keys of earlier batches and compares queries with them.
 *
 * Input `[N, 2 + M, D]`, unit rows `[query, key, …negatives]` from a `momentumEncoder`; output similarities
 * `[N, 1 + K + M]`, columns `[q·k | queue | q·t_m]`, against the queue as it was. In training the keys then take the
 * places of the oldest rows: row (pointer + i) mod K for key i, so any batch of at most K rows wraps. Outside training
 * the queue is untouched. No gradient flows to keys, negatives or the queue.
 *
 * Weights, saved and loaded with the model: the queue `[K, D]` float32 with unit rows, and the pointer `[]` int32.
 *
 * Source: He et al. 2020 (MoCo), section 3.2; Ge et al. 2021: non-semantic negatives never enter the queue.
 */
export class MemoryQueue extends ContrastiveLayer {
  /** @nocollapse */
  static readonly className = 'NonSemanticMemoryQueue';
  /** Number of keys, K. */
  readonly size: number;
  /** Seed of the random keys at the start. */
  readonly seed: number;
  /** Whether the first batch in training fills the queue. */
  readonly warmStart: boolean;
  /** Whether the queue was seen to be filled; its pointer is -1 before that. */
  private isFilled = false;
  private queue!: tfl.LayerVariable;
  private pointer!: tfl.LayerVariable;

  constructor(args: MemoryQueueArgs) {
    const { size, seed, warmStart, name, trainable } = readOptions('memoryQueue', args, memoryQueueOptions);
    super({ name, trainable });
    tf.serialization.registerClass(MemoryQueue);
    this.size = size;
    this.seed = seed;
    this.warmStart = warmStart;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const dimensions = checkEmbeddings(inputShape)[2] as number;
    checkQueueBytes(this.size, dimensions);
    // tfjs takes a seed of 0 for none.
    const unitRows = new UnitRows(randomStream(this.seed, 'queue')());
    this.queue = this.addWeight('queue', [this.size, dimensions], 'float32', unitRows, undefined, false);
    this.pointer = this.addWeight('pointer', [], 'int32', tfl.initializers.zeros(), undefined, false);
    if (this.warmStart) tf.tidy(() => void this.pointer.write(tf.scalar(-1, 'int32')));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const [batch, rows] = checkEmbeddings(inputShape);
    return [batch, 1 + this.size + ((rows as number) - 2)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const embeddings = checkTensor(
      'the input of memoryQueue()',
      Array.isArray(inputs) ? inputs[0] : inputs,
      'float32 embeddings of shape [N, 2 + M, D]',
      ({ dtype, shape, size }) => dtype === 'float32' && shape.length === 3 && shape[1] >= 2 && size > 0,
    );
    return tf.tidy(() => {
      const [batch, rows, dimensions] = embeddings.shape;
      if (kwargs.training) checkQueueSize(this.size, batch);
      const row = (i: number) =>
        tf.reshape(tf.slice(embeddings, [0, i, 0], [batch, 1, dimensions]), [batch, dimensions]);
      const key = stopGradient(() => row(1));
      if (kwargs.training && this.warmStart && !this.isFilled) stopGradient(() => this.fill(key));
      const negatives = Array.from({ length: rows - 2 }, (_, m) => stopGradient(() => row(2 + m)));
      const result = contrastiveSimilarities(row(0), key, { queue: this.queue.read(), negatives });
      if (kwargs.training) stopGradient(() => this.enqueue(key));
      return result;
    });
  }

  /**
   * Returns the `count` newest rows `[count, D]`, without a read-back; rows never written are random.
   *
   * @param count From 1 to `size`. @throws ArgumentError for another count.
   */
  newest(count: number): tf.Tensor2D {
    checkNumber('count', count, { min: 1, max: this.size, integer: true });
    return tf.tidy(() => {
      return tf.gatherND(this.queue.read(), this.places(this.size - count, this.size)) as tf.Tensor2D;
    });
  }

  /** Fills a queue that was never written to with copies of the keys, on the device. */
  private fill(keys: tf.Tensor): tf.Tensor {
    const pointer = this.pointer.read();
    const copies = tf.tile(keys, [Math.ceil(this.size / keys.shape[0]), 1]);
    const full = tf.slice(copies, [0, 0], [this.size, -1]);
    this.queue.write(tf.where(tf.less(pointer, 0), full, this.queue.read()));
    this.pointer.write(tf.maximum(pointer, tf.scalar(0, 'int32')));
    this.isFilled = true;
    return full;
  }

  /** Writes the keys at the pointer and advances it, on the device. */
  private enqueue(keys: tf.Tensor): tf.Tensor {
    const batch = keys.shape[0];
    const places = this.places(0, batch);
    // The cpu backend's kernel writes into its input, which the gradient of the similarities still needs.
    const queue = tf.getBackend() === 'cpu' ? tf.add(this.queue.read(), 0) : this.queue.read();
    this.queue.write(tf.tensorScatterUpdate(queue, places, keys));
    this.pointer.write(tf.reshape(this.places(batch, batch + 1), []));
    return places;
  }

  /** Returns the rows `[end - start, 1]` from `start` to `end` after the pointer. */
  private places(start: number, end: number): tf.Tensor {
    const ahead = tf.range(start, end, 1, 'int32');
    return tf.expandDims(tf.mod(tf.add(this.pointer.read(), ahead), tf.scalar(this.size, 'int32')), 1);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: this.size, seed: this.seed, warmStart: this.warmStart };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(optionsOf(config));
  }
}

/**
 * Makes a `MemoryQueue` layer. @throws ArgumentError for a size that is not a positive integer, below a batch or beyond
 * 1 GiB.
 */
export function memoryQueue(args: MemoryQueueArgs): MemoryQueue {
  return new MemoryQueue(args);
}

function checkEmbeddings(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
  const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tfl.Shape;
  if (shape.length !== 3 || !shape[1] || shape[1] < 2 || !shape[2])
    throw new ArgumentError('the input of memoryQueue()', 'embeddings of shape [N, 2 + M, D]', describe(shape));
  return shape;
}
