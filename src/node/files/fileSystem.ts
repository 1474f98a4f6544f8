import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../../support/errors';
import { FileError, failureReason } from './fileError';
import { readModelFiles } from './readModelFiles';
import { tempSuffix, writeFileSafely } from './writeFileSafely';

/** The save that is last in line for each model: two at a time would take each other's files away. */
const saves = new Map<string, Promise<unknown>>();

/**
 * A tfjs IO handler for a model on disk: what tfjs-node's `file://` is, on every backend, and safe against crashes.
 *
 * ```ts
 * await model.save(fileSystem('runs/first/encoder'));
 * const encoder = await tf.loadLayersModel(fileSystem('runs/first/encoder'));
 * ```
 *
 * It writes tfjs's own format, `model.json` and `weights.bin`, which the stock `file://` and `http://` handlers and the
 * converter read too. At any moment of a save, the folder holds the old model or the new one as a whole. The
 * optimizer's state is saved if asked for: `model.save(fileSystem(dir), { includeOptimizer: true })`.
 *
 * @param path A folder, made if need be, or a `.json` file in one. To load, also a model in several weight files.
 * @throws ArgumentError on anything else; FileError from `save` and `load`, which names the file at fault.
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
  // The rename of the JSON is what swaps one model for another, so it must not name a file that the other one uses.
  // A save over an old model therefore goes by way of interim weights, each step leaving a whole model behind.
  const stem = weightsStem(modelPath);
  const interim = `${stem}-${randomBytes(6).toString('hex')}.bin`;
  for (const name of (await exists(modelPath)) ? [interim, `${stem}.bin`] : [`${stem}.bin`]) {
    await writeFileSafely(join(dir, name), weightPieces(artifacts.weightData));
    await writeFileSafely(modelPath, [JSON.stringify(modelJSON(artifacts, name))]);
  }
  await removeLeftovers(modelPath);
  return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
}

/** `weights` beside model.json; another JSON in the same folder has weights of its own. */
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

/** What this save, or one that crashed, no longer needs: interim weights and files written aside. */
async function removeLeftovers(modelPath: string): Promise<void> {
  const stem = weightsStem(modelPath);
  const isInterim = (name: string) => name.startsWith(stem) && /^-[0-9a-f]{12}\.bin$/.test(name.slice(stem.length));
  for (const name of await readdir(dirname(modelPath))) {
    const target = name.replace(tempSuffix, '');
    const isAside = target !== name && [basename(modelPath), `${stem}.bin`].includes(target);
    if (isInterim(target) || isAside) await rm(join(dirname(modelPath), name), { force: true });
  }
}
