// Hands a training over to PyTorch, and takes it back.
//   node --import tsx examples/to-pytorch/toPytorch.ts runs/first moco.safetensors
//   node --import tsx examples/to-pytorch/toPytorch.ts runs/first trained.safetensors --back
// The first reads the newest checkpoint of runs/first. The second adds one to it, from which the program that trained in
// runs/first continues: checkpoint({ dir: 'runs/first', … }).resume() finds it.
import '@tensorflow/tfjs-backend-cpu';
import { addCheckpoint, latestCheckpoint } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, refuse, usageOf } from '../support/commandLine';
import { writeWhole } from '../support/files';
import { encodeSafetensors, readSafetensors } from '../support/safetensors';
import { fromStored, toStored } from './state';

const { values, positionals } = readCommandLine(usageOf(import.meta.url), { back: { type: 'boolean' } }, true);
const [dir, file] = positionals;
if (!file) refuse(`Expected a folder of checkpoints and a safetensors file, received ${dir ?? 'nothing'}.`);
const found = await latestCheckpoint(dir);
if (!found) throw new Error(`Expected a checkpoint in ${dir}, received none.`);
if (values.back) {
  const stored = readSafetensors(file);
  const path = await addCheckpoint(dir, fromStored(found.artifacts, stored));
  console.log(`step ${stored.metadata.step}: wrote ${path}.`);
} else {
  await writeWhole(file, encodeSafetensors(toStored(found.artifacts)));
  console.log(`step ${found.step}: wrote ${file}.`);
}
