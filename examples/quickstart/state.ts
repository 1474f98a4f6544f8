import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { MetricRecord, SGD } from 'tfjs-nonsemantic-negatives';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';

/** What a training needs to go on, beside the model, its queue and its optimiser. */
export interface TrainingState {
  /** Epochs done. */
  epoch: number;
  records: MetricRecord[];
  seconds: number;
}

/** Writes the whole model (both encoders, queue, pointer), the optimiser's slots and the rest. */
export async function writeState(dir: string, model: tf.LayersModel, state: TrainingState): Promise<void> {
  await model.save(fileSystem(dir));
  // Apart from the model: tfjs cannot load a model that was saved with a loss and metrics of one's own.
  const optimizer = await tf.io.encodeWeights(await (model.optimizer as tf.Optimizer).getWeights());
  await writeWhole(join(dir, 'optimizer.bin'), new Uint8Array(optimizer.data));
  await writeWhole(join(dir, 'state.json'), JSON.stringify({ ...state, optimizer: optimizer.specs }));
}

/** Brings a freshly built model and optimiser to the state that was written; `undefined` where there is none. */
export async function readState(
  dir: string,
  model: tf.LayersModel,
  optimizer: SGD,
): Promise<TrainingState | undefined> {
  const text = await readFile(join(dir, 'state.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { optimizer: specs, ...state } = JSON.parse(text);
  const saved = await tf.loadLayersModel(fileSystem(dir));
  model.setWeights(saved.getWeights());
  saved.dispose();
  const slots = tf.io.decodeWeights(Uint8Array.from(await readFile(join(dir, 'optimizer.bin'))).buffer, specs);
  await optimizer.setWeights(Object.entries(slots).map(([name, tensor]) => ({ name, tensor })));
  tf.dispose(slots);
  return state;
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
}

export const finished = (epoch: number, epochs: number) => epoch >= epochs;

/** A callback that lets Ctrl-C end the training after the running epoch; a second Ctrl-C ends the process at once. */
export function interruptible() {
  const callback = new Interruptible();
  process.once('SIGINT', callback.request);
  return callback;
}

class Interruptible extends tf.Callback {
  /** Epochs done when the training stopped. */
  stoppedAfter?: number;
  private requested = false;

  readonly request = (): void => {
    this.requested = true;
    console.log('\nFinishing this epoch, then saving. Press Ctrl-C again to stop at once.');
  };

  override async onEpochEnd(epoch: number): Promise<void> {
    if (!this.requested) return;
    this.stoppedAfter = epoch + 1;
    (this.model as tf.LayersModel).stopTraining = true;
  }

  release(): void {
    process.off('SIGINT', this.request);
  }
}
