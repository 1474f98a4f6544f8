import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../../support/errors';
import { FileError, failureReason } from './fileError';
import { readModelFiles } from './readModelFiles';
import { tempSuffix, writeFileSafely } from './writeFileSafely';

/** The last save in line for each model: two at a time would remove each other's files. */
const saves = new Map<string, Promise<unknown>>();

/**
 * Returns a tfjs IO handler for a model on disk, like tfjs-node's `file://`, for every backend and safe against
 * crashes.
 *
 * ```ts
 * await model.save(fileSystem('runs/first/encoder'));
 * const encoder = await tf.loadLayersModel(fileSystem('runs/first/encoder'));
 * ```
 *
 * It writes tfjs's own format, `model.json` and `weights.bin`, which the stock `file://` and `http://` handlers and the
 * converter read too. At any moment of a save, the folder holds a whole model, the old one or the new one. To save the
 * optimizer's state too: `model.save(fileSystem(dir), { includeOptimizer: true })`.
 *
 * @param path A folder, created if necessary, or a `.json` file in one. A model to load may have several weight files.
 * @throws ArgumentError for another path; FileError from `save` and `load`, which names the file.
 */
export function fileSystem(path: string): tf.io.IOHandler {
  if (typeof path !== 'string' || path === '' || /^\w+:\/\//.test(path))
    throw new ArgumentError('input path', 'the path of a folder or of a model.json', describe(path));
  const modelPath = resolve(extname(path) === '.json' ? path : join(path, 'model.json'));
  return {
    save(artifacts) {
      const before = saves.get(modelPath) ?? Promise.resolve();
      const save = before.catch(() => {}).then(() => saveModel(modelPath, artifacts));
      saves.set(modelPath, save);
      return save;
    },
    async load() {
      const { json, specs, data } = await readModelFiles(modelPath);
      return tf.io.getModelArtifactsForJSON(json, async () => [specs, data]);
    },
  };
}

async function saveModel(modelPath: string, artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  if (artifacts.modelTopology instanceof ArrayBuffer)
    throw new ArgumentError('input model', 'a model with JSON topology', 'a binary GraphDef');
  const dir = dirname(modelPath);
  await mkdir(dir, { recursive: true }).catch((cause) => {
    throw new FileError('make the folder', dir, failureReason(cause), { cause });
  });
  // Renaming the JSON swaps one model for another, so it must not name a file that the other one uses. A save over an
  // old model therefore goes through interim weights, and each step leaves a whole model behind.
  const stem = weightsStem(modelPath);
  const interim = `${stem}-${randomBytes(6).toString('hex')}.bin`;
  for (const name of (await exists(modelPath)) ? [interim, `${stem}.bin`] : [`${stem}.bin`]) {
    await writeFileSafely(join(dir, name), weightPieces(artifacts.weightData));
    await writeFileSafely(modelPath, [JSON.stringify(modelJSON(artifacts, name))]);
  }
  await removeLeftovers(modelPath);
  return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
}

/** Names the weight files: `weights` beside model.json, a name of their own beside another JSON. */
function weightsStem(modelPath: string): string {
  const name = basename(modelPath, '.json');
  return name === 'model' ? 'weights' : `${name}.weights`;
}

function modelJSON(artifacts: tf.io.ModelArtifacts, weights: string): object {
  const { weightData: _, weightSpecs, ...rest } = artifacts;
  return { ...rest, weightsManifest: [{ paths: [weights], weights: weightSpecs ?? [] }] };
}

function weightPieces(data: tf.io.WeightData | undefined): Uint8Array[] {
  return [data ?? []].flat().map((buffer) => new Uint8Array(buffer));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Removes what this save, or one that crashed, no longer needs: interim weights and temporary files. */
async function removeLeftovers(modelPath: string): Promise<void> {
  const stem = weightsStem(modelPath);
  const isInterim = (name: string) => name.startsWith(stem) && /^-[0-9a-f]{12}\.bin$/.test(name.slice(stem.length));
  for (const name of await readdir(dirname(modelPath))) {
    const target = name.replace(tempSuffix, '');
    const isTemporary = target !== name && [basename(modelPath), `${stem}.bin`].includes(target);
    if (isInterim(target) || isTemporary) await rm(join(dirname(modelPath), name), { force: true });
  }
}
