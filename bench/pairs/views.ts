import type { Comparison } from '../support/compare';

const work = { batch: 64, from: 256, to: 224, steps: 1 };

/** One view an image, against the authors' way (Pillow, one core) and in batch (kornia, all cores). */
export const views: Comparison = {
  name: 'views',
  title: 'MoCo v2 view of an image, 256 to 224, in batches of 64',
  contestants: [
    { name: 'tfjs-node', worker: 'views.ts', options: { ...work, backend: 'tfjs-node' } },
    { name: 'tfjs-node, one core', worker: 'views.ts', options: { ...work, backend: 'tfjs-node' }, cores: 1 },
    { name: 'torchvision, one core', worker: 'views.py', options: { ...work, library: 'torchvision' }, cores: 1 },
    { name: 'kornia', worker: 'views.py', options: { ...work, library: 'kornia' } },
  ],
  targets: [
    { of: 'tfjs-node', to: 'torchvision, one core', goal: 1 },
    { of: 'tfjs-node, one core', to: 'torchvision, one core', goal: 1 },
    { of: 'tfjs-node', to: 'kornia', goal: 0.3 },
  ],
};
