import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { type Backend, startBackend } from './backend';

/** What computes. */
export interface Device {
  /** A line: the package and the device's name. */
  description: string;
  /** Whether it only computes on the CPU. */
  isSoftware: boolean;
}

/** Starts a backend for GPUs, `webgpu` also on an adapter in software. */
export async function startDevice(backend: 'webgpu' | Backend): Promise<Device> {
  if (backend === 'webgpu') {
    const { description } = await chooseBackend(backend);
    return { description, isSoftware: description.includes('in software') };
  }
  await startBackend(backend, true);
  const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
  const name = isUsingGpuDevice ? gpuName() : 'no GPU was found: these are figures of the CPU';
  return { description: `backend: @tensorflow/${backend} (${name})`, isSoftware: !isUsingGpuDevice };
}

/** The GPU's name as NVIDIA's driver has it. */
function gpuName(): string {
  try {
    return execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' }).trim();
  } catch {
    return 'a GPU';
  }
}

/** How often `run` starts a computation of the device, and how often it reads from the device. */
export function countDeviceCalls(run: () => void): { launches: number; reads: number } {
  const backend = tf.backend() as unknown as Record<string, (...args: unknown[]) => unknown>;
  const counts = { launches: 0, reads: 0 };
  const methods = {
    recordAndSubmit: 'launches', // webgpu
    executeSingleOutput: 'launches', // tfjs-node
    executeMultipleOutputs: 'launches',
    readSync: 'reads',
    read: 'reads',
  } as const;
  const stock = Object.keys(methods).map((name) => [name, backend[name]] as const);
  for (const [name, count] of Object.entries(methods)) {
    const method = backend[name];
    if (!method) continue;
    backend[name] = (...args) => {
      counts[count]++;
      return method.apply(backend, args);
    };
  }
  try {
    run();
  } finally {
    for (const [name, method] of stock) if (method) backend[name] = method;
  }
  return counts;
}
