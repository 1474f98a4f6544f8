/** The program of the thread that `workerDataset` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import type { ContrastiveSource } from '../../data/checkSource';
import { ContrastiveDataset } from '../../data/contrastiveDataset';
import type { Transform } from '../../transforms/element';
import { chooseBackend } from '../backend';
import type { SkippedFile } from '../images/listImages';
import { packElement, unpackElement } from './elements';
import { packError } from './errors';
import { unpackParcel } from './parcels';
import type { PassMessage, PassRequest, ReadyMessage, ThreadSetup } from './protocol';
import { readAhead } from './readAhead';

/** Reads any pass. */
class PassReader extends ContrastiveDataset {
  read({ position, order }: PassRequest): AsyncGenerator<tf.TensorContainer> {
    this.startAt(position, order);
    return this.pass();
  }

  get skippedIndices(): number[] {
    return [...this.skipped];
  }
}

const { backend, source, transforms, args, ahead } = workerData as ThreadSetup;

async function setUp() {
  await chooseBackend(backend);
  const images =
    'parcel' in source ? await unpackParcel<ContrastiveSource>(source.parcel) : unpackElement(source.tensors);
  return {
    dataset: new PassReader(images as ContrastiveSource, args),
    transforms: await Promise.all(transforms.map((parcel) => unpackParcel<Transform>(parcel))),
    unreadable: (images as { unreadable?: Map<number, SkippedFile> }).unreadable ?? new Map<number, SkippedFile>(),
  };
}

const ready = setUp();
ready.then(
  ({ dataset }) => parentPort?.postMessage({ size: dataset.order.images } as ReadyMessage),
  (error) => parentPort?.postMessage({ failure: packError(error) } satisfies ReadyMessage),
);

parentPort?.on('message', async (request: PassRequest) => {
  const { port } = request;
  const send = (message: PassMessage, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);
  let wanted = ahead;
  let isClosed = false;
  let wake = () => {};
  port.on('message', () => {
    wanted++;
    wake();
  });
  port.on('close', () => {
    isClosed = true;
    wake();
  });
  try {
    const { dataset, transforms, unreadable } = await ready;
    for await (const images of readAhead(dataset.read(request))) {
      const element = applyAll(transforms, images);
      const memory: ArrayBuffer[] = [];
      const packed = await packElement(element, memory).finally(() => tf.dispose(element));
      while (wanted === 0 && !isClosed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (isClosed) return;
      wanted--;
      send({ element: packed, skipped: dataset.skippedIndices, unreadable: [...unreadable] }, memory);
    }
    send({ done: true });
  } catch (error) {
    send({ failure: packError(error) });
  }
});

/** Applies the transforms as `Dataset.map` does, and disposes what they do not return. */
function applyAll(transforms: readonly Transform[], images: tf.TensorContainer): tf.TensorContainer {
  return transforms.reduce<tf.TensorContainer>((element, transform) => {
    const kept = new Set<tf.Tensor>();
    try {
      const changed = tf.tidy(() => transform(element));
      for (const tensor of tf.tensor_util.getTensorsInContainer(changed)) kept.add(tensor);
      return changed;
    } finally {
      tf.dispose(tf.tensor_util.getTensorsInContainer(element).filter((tensor) => !kept.has(tensor)));
    }
  }, images);
}
