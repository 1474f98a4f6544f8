import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Machine } from './worker';

const root = join(import.meta.dirname, '../..');
const environment = join(root, '.cache/pytorch');
const python = join(environment, 'bin/python');

/** Binds workers to the first `cores` cores where `taskset` is there. */
export function prepareMachine(cores = availableParallelism()): Machine {
  const canBind = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  if (!canBind) console.log('Cores are not bound: there is no taskset here. Thread counts are still set.');
  return { cores, bind: (cores) => (canBind ? ['taskset', '-c', `0-${cores - 1}`] : []), python: preparePython() };
}

/**
 * Makes a virtual environment with PyTorch in .cache/pytorch, once. The wheels on PyPI bring CUDA along, some 5 GB; you
 * can put a smaller environment for the CPU there instead. One that is there, or a link to one, is never changed.
 */
function preparePython(): string | undefined {
  const requirements = join(root, 'bench/pytorch/requirements.txt');
  const works = () => spawnSync(python, ['-c', 'import torch, torchvision, kornia, PIL']).status === 0;
  if (existsSync(environment)) {
    if (works()) return python;
    console.log('PyTorch is skipped: what is in .cache/pytorch lacks torch, torchvision, kornia or PIL.');
    return;
  }
  console.log('Installing PyTorch into .cache/pytorch (once, some minutes) …');
  const run = (command: string, args: string[]) => spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  run('python3', ['-m', 'venv', environment]);
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  if (works()) return python;
  console.log('PyTorch is skipped: it could not be installed.');
}

/** Describes the machine that the figures were measured on. */
export function describeMachine({ cores, python }: Machine): Record<string, string | number> {
  const versions = python
    ? execFileSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' })
    : '';
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? 'unknown',
    cores,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Number(loadavg()[0].toFixed(1)),
    node: process.versions.node,
    pytorch: versions.trim() || 'none',
  };
}
