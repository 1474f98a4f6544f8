import * as tf from '@tensorflow/tfjs-core';
import { type ContrastiveSource, checkSource } from '../../data/checkSource';
import { ContrastiveDataset } from '../../data/contrastiveDataset';
import type { ContrastiveDatasetArgs } from '../../data/contrastiveDatasetArgs';
import { isImageTensors } from '../../data/tensorImages';
import { checkList } from '../../support/checks';
import { readOptions } from '../../support/options';
import type { Transform } from '../../transforms/element';
import type { SkippedFile } from '../images/listImages';
import { DataThread } from './dataThread';
import { packElement, unpackElement } from './elements';
import { parcelOf } from './parcels';
import { type WorkerDatasetArgs, workerDatasetOptions } from './workerDatasetArgs';

/**
 * Makes the dataset of `contrastiveDataset(source, args)` with `transforms` mapped over it, in a thread of its own, so
 * that images are decoded and views are made while the training step runs.
 *
 * ```ts
 * const dataset = await workerDataset(photos, [twoViews({ size: 64 }), patchNegative()], { seed: 1, batchSize: 128 });
 * await model.fitDataset(dataset, { epochs: 100 });
 * await dataset.close();
 * ```
 *
 * The elements are the same, in the same order, to the bit on the same backend. Their memory moves from thread to
 * thread and is not copied in between. Passes, `startAt` and checkpoints work as without a thread. One pass runs at a
 * time: the next one ends the one before.
 *
 * @param source An `imageFolder`, `cifar10`, images in tensors, or the URL of a module whose default export is another
 * `ImageSource`.
 * @param transforms `twoViews`, `patchNegative` and `textureNegative`, which travel as their arguments, or URLs of
 * modules whose default export is a function for `Dataset.map`.
 * @throws ArgumentError for bad options, and for code, which cannot travel; PackageError if the thread's backend does
 * not start. A pass throws what is thrown in the thread, such as the FileError of a damaged image.
 */
export async function workerDataset(
  source: ContrastiveSource | URL,
  transforms: readonly (Transform | URL)[],
  args: WorkerDatasetArgs,
): Promise<WorkerDataset> {
  const { backend = currentBackend(), ahead, ...order } = readOptions('workerDataset', args, workerDatasetOptions);
  const parcels = checkList('transforms', transforms, 'a list of transforms', isAnyLength, (name, transform) =>
    parcelOf(`${name} of workerDataset()`, 'a transform of this package', transform),
  );
  if (isImageTensors(source)) checkSource(source);
  const images = isImageTensors(source)
    ? { tensors: await packElement(source as tf.TensorContainer, []) }
    : { parcel: parcelOf('the source of workerDataset()', 'an imageFolder, cifar10 or images in tensors', source) };
  const thread = new DataThread({ backend, source: images, transforms: parcels, args: order, ahead });
  const size = await thread.ready;
  // Of a module that is loaded in the thread, only the number of images is known here.
  return new ThreadDataset(source instanceof URL ? { size, get: () => undefined } : source, order, thread);
}

/** A `ContrastiveDataset` whose images a second thread reads and transforms; made by `workerDataset`. */
export interface WorkerDataset extends ContrastiveDataset {
  /** Ends the thread. */
  close(): Promise<void>;
}

class ThreadDataset extends ContrastiveDataset implements WorkerDataset {
  private readonly unreadable?: Map<number, SkippedFile>;

  constructor(
    source: ContrastiveSource,
    args: ContrastiveDatasetArgs,
    private readonly thread: DataThread,
  ) {
    super(source, args);
    this.unreadable = (source as { unreadable?: Map<number, SkippedFile> }).unreadable;
  }

  async close(): Promise<void> {
    await this.thread.close();
  }

  protected override async *pass(): AsyncGenerator<tf.TensorContainer> {
    const { order } = this;
    for await (const batch of this.thread.read({ position: this.nextPass(), order })) {
      for (const index of batch.skipped) this.skipped.add(index);
      for (const [index, file] of batch.unreadable) this.unreadable?.set(index, file);
      yield unpackElement(batch.element);
    }
  }
}

const isAnyLength = () => true;

/**
 * Names the backend that is set, if it computes on the CPU. tfjs-node keeps a TensorFlow context a thread; all of
 * them share its pool of threads.
 */
function currentBackend(): 'tfjs-node' | 'wasm' | 'cpu' {
  const name = tf.getBackend();
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  if (name === 'tensorflow' && !isUsingGpuDevice) return 'tfjs-node';
  return name === 'cpu' ? 'cpu' : 'wasm';
}
