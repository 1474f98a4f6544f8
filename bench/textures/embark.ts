import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { readImage, SIZE, toSharp } from './samples';

/** Embark's synthesizer, which the authors of the paper used. */
export interface Embark {
  /** Makes a texture; `threads` undefined uses them all. */
  generate(exemplars: readonly tf.Tensor3D[], threads?: number): Promise<{ texture: tf.Tensor3D; seconds: number }>;
}

/** Finds Embark's command, or builds it once where cargo is there; undefined elsewhere. `EMBARK_ROOT` says where. */
export function findEmbark(): Embark | undefined {
  const root = process.env.EMBARK_ROOT ?? join(tmpdir(), 'texture-synthesis-cli-0.8.3');
  const command = join(root, 'bin', 'texture-synthesis');
  if (!existsSync(command)) {
    console.log('Building Embark texture-synthesis 0.8.3 (once) …');
    const crate = ['--locked', 'texture-synthesis-cli', '--version', '0.8.3', '--root', root];
    const built = spawnSync('cargo', ['install', ...crate], { stdio: 'ignore' });
    if (built.error || built.status !== 0) return undefined;
  }
  return { generate: (exemplars, threads) => generate(command, exemplars, threads) };
}

async function generate(command: string, exemplars: readonly tf.Tensor3D[], threads?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'embark-'));
  try {
    const inputs = exemplars.map((_, i) => join(folder, `${i}.png`));
    await Promise.all(exemplars.map((exemplar, i) => toSharp(exemplar).png().toFile(inputs[i])));
    const output = join(folder, 'out.png');
    const limit = threads ? ['--threads', `${threads}`] : [];
    const options = ['--no-progress', ...limit, '--out-size', `${SIZE}`, '-o', output];
    const start = performance.now();
    execFileSync(command, [...options, 'generate', ...inputs], { stdio: 'ignore' });
    const seconds = (performance.now() - start) / 1000;
    return { texture: await readImage(output), seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
