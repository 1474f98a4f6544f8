import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { FileError, failureReason } from './fileError';

/** A `model.json` and the weights that it names. */
interface ModelFiles {
  json: io.ModelJSON;
  specs: io.WeightsManifestEntry[];
  data: ArrayBuffer[];
}

/**
 * Reads a model in tfjs's format and checks all of it: the weight files must lie beside or below the JSON and have
 * exactly the length that it promises, before anything of that size is allocated.
 *
 * @throws FileError that names the file.
 */
export async function readModelFiles(modelPath: string): Promise<ModelFiles> {
  const json = await readJSON(modelPath);
  const specs: io.WeightsManifestEntry[] = [];
  const data: ArrayBuffer[] = [];
  for (const group of checkManifest(json.weightsManifest ?? [], modelPath)) {
    const paths = group.paths.map((name) => weightPath(modelPath, name));
    await checkSizes(paths, group.weights, modelPath);
    for (const path of paths) data.push(await read(path));
    specs.push(...group.weights);
  }
  return { json, specs, data };
}

async function readJSON(path: string): Promise<io.ModelJSON> {
  const text = new TextDecoder().decode(await read(path));
  let json: unknown;
  try {
    // A key that would become an object's prototype is dropped: it has no place in a model.
    json = JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value));
  } catch (cause) {
    throw new FileError('load the model', path, `it is damaged JSON (${failureReason(cause)})`, { cause });
  }
  if (typeof json !== 'object' || json === null || !('modelTopology' in json) || !isObject(json.modelTopology))
    throw new FileError('load the model', path, 'it is not a tfjs model: modelTopology is missing');
  return json as io.ModelJSON;
}

function checkManifest(manifest: unknown, path: string): io.WeightsManifestConfig {
  const fail = (what: string) => new FileError('load the model', path, `its weightsManifest is damaged: ${what}`);
  if (!Array.isArray(manifest)) throw fail('it is not a list');
  for (const group of manifest) {
    if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights))
      throw fail('a group without lists of paths and weights');
    if (!group.paths.every((name) => typeof name === 'string')) throw fail('a path that is not a string');
    for (const weight of group.weights) {
      if (!isObject(weight) || typeof weight.name !== 'string') throw fail('a weight without a name');
      const { name, shape } = weight;
      if (!Array.isArray(shape) || !shape.every((side) => Number.isSafeInteger(side) && side >= 0))
        throw fail(`the shape of ${JSON.stringify(name)}`);
      if (storedType(weight as unknown as io.WeightsManifestEntry) === undefined)
        throw fail(`the type of ${JSON.stringify(name)}`);
    }
  }
  return manifest;
}

function weightPath(modelPath: string, name: string): string {
  const relative = normalize(name);
  if (isAbsolute(relative) || /^\.\.([/\\]|$)/.test(relative))
    throw new FileError(
      'load the model',
      modelPath,
      `it names weights outside of its folder (${JSON.stringify(name)})`,
    );
  return join(dirname(modelPath), relative);
}

async function checkSizes(paths: string[], weights: io.WeightsManifestEntry[], modelPath: string): Promise<void> {
  let found = 0;
  for (const path of paths) found += await fileSize(path);
  const promised = weights.reduce((sum, weight) => sum + minimalBytes(weight), 0);
  const open = weights.some((weight) => storedType(weight) === 'string');
  if (found === promised || (open && found > promised)) return;
  const reason = `${found} bytes, where ${JSON.stringify(modelPath)} promises ${open ? 'at least ' : ''}${promised}`;
  throw new FileError('load the weights', paths.join('", "'), reason);
}

/** Bytes of one value as stored; of a string, those of its length. */
const valueBytes = { float32: 4, float16: 2, int32: 4, uint16: 2, uint8: 1, bool: 1, complex64: 8, string: 4 };

function storedType(weight: io.WeightsManifestEntry): keyof typeof valueBytes | undefined {
  const type = weight.quantization?.dtype ?? weight.dtype;
  return Object.hasOwn(valueBytes, type) ? type : undefined;
}

function minimalBytes(weight: io.WeightsManifestEntry): number {
  return weight.shape.reduce((product, side) => product * side, valueBytes[storedType(weight)!]);
}

async function fileSize(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    (cause) => {
      throw new FileError('load the weights', path, failureReason(cause), { cause });
    },
  );
}

async function read(path: string): Promise<ArrayBuffer> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path);
    // Small files lie in Node's shared pool, but tfjs wants a separate buffer.
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  } catch (cause) {
    throw new FileError('load the model', path, failureReason(cause), { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
