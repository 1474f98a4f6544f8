import { resolve } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { checkFiniteWeights, decodeWeights } from '../../training/savedWeights';
import { stateOf } from '../../training/trainingState';
import { checkFolderPath } from '../files/checkFolderPath';
import { FileError } from '../files/fileError';
import { writeCheckpoint } from './checkpointFile';
import { checkpointPath, stepsIn } from './checkpointFolder';
import { RunFolder } from './runFolder';

/**
 * Adds a training to a folder of checkpoints as its newest, from which `checkpoint({ dir }).resume()` continues: one
 * that went on elsewhere, or that was saved by `trainingArtifacts`.
 *
 * @returns The path of the file.
 * @throws FileError if a run has the folder, if it holds a later checkpoint, or if it cannot be written; ArgumentError
 * for artifacts without a training, and for a weight that is NaN or infinite.
 */
export async function addCheckpoint(dir: string, artifacts: io.ModelArtifacts): Promise<string> {
  const path = resolve(checkFolderPath('the folder of addCheckpoint()', dir));
  const { step } = stateOf(artifacts);
  const weightData = io.CompositeArrayBuffer.join(artifacts.weightData);
  checkFiniteWeights(decodeWeights(artifacts.weightSpecs ?? [], weightData), step);
  const folder = new RunFolder(path);
  await folder.claim();
  try {
    const newest = (await stepsIn(path)).at(-1) ?? 0;
    if (newest > step)
      throw new FileError(`add step ${step} to`, dir, `it holds step ${newest}, from which its run would continue`);
    const file = checkpointPath(path, step);
    await writeCheckpoint(file, { ...artifacts, weightData });
    return file;
  } finally {
    await folder.close();
  }
}
