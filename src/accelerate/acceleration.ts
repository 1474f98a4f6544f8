import type { Replacement } from './registry';
import { KernelSwitch } from './tuning/kernelSwitch';

/** What `accelerate` did. */
export interface Acceleration {
  /** The backend that was current. */
  backend: string;
  /** Names of the kernels, gradients and layers that were replaced or added. */
  replaced: string[];
  /** Puts back exactly what was there before. */
  restore(): void;
}

interface Installed {
  acceleration: Acceleration;
  /** Chooses between what was there and what replaced it. */
  ways: KernelSwitch;
}

const active = new Map<string, Installed>();

/** Installs a backend's replacements; or returns what the first call did, until that is undone. */
export function installOnce(backend: string, replacements: readonly Replacement[]): Installed {
  const before = active.get(backend);
  if (before) return before;
  const ways = new KernelSwitch();
  const installed = replacements.flatMap(({ name, install }) => {
    const undo = install(backend, ways);
    return undo ? [{ name, undo }] : [];
  });
  const entry: Installed = {
    ways,
    acceleration: {
      backend,
      replaced: [...new Set(installed.map(({ name }) => name))],
      restore() {
        if (active.get(backend) !== entry) return;
        active.delete(backend);
        // The last first: a kernel may have been replaced twice.
        for (const { undo } of installed.reverse()) undo();
      },
    },
  };
  active.set(backend, entry);
  return entry;
}
