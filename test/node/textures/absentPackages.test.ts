import { spawnSync } from 'node:child_process';
import { temporaryFolder } from '../support/temporaryFolder';
import { build } from './command';

const peers = ['commander', '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-data'];

test.each([
  ['sharp', peers],
  ['@tensorflow/tfjs-core', ['commander']],
])('without %s, the error gives the whole line, fit for a shell', (absent, installed) => {
  const args = ['textures', temporaryFolder(), "it's out", '--size', '64'];
  const { status, stderr } = spawnSync(process.execPath, [build(installed), ...args], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain(absent);
  expect(stderr).toContain(
    `npx -p tfjs-nonsemantic-negatives -p sharp -p @tensorflow/tfjs-backend-wasm tfjs-nonsemantic-negatives textures ${args[1]} 'it'\\''s out' --size 64`,
  );
});
