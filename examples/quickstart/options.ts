import type { BackendName } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, refuse } from '../support/commandLine';

const usage = `Trains a small contrastive encoder with patch negatives, and measures what it learned.

  npm run quickstart -- [options]

  --images DIR     train on a folder of your own (class folders optional; JPEG, PNG, WebP …) instead of emoji
  --backend NAME   tfjs-node-gpu, webgpu, tfjs-node, wasm or cpu  (default: the first of these that works, but cpu)
  --compare        also train plain MoCo and show it beside
  --steps N        optimizer steps, rounded up to whole epochs    (default: 1260 on wasm, else 1212 larger ones)
  --alpha A        weight of the non-semantic negatives           (default: 2)
  --size S         side of the pictures in pixels                 (default: 32)
  --seed S         seed of everything that is drawn               (default: 1)
  --name NAME      write to runs/NAME                             (default: quickstart)
  --resume         continue where the run of that name stopped
  --help           this text`;

export interface Options {
  images?: string;
  backend?: BackendName;
  compare: boolean;
  steps?: number;
  alpha: number;
  size: number;
  seed: number;
  name: string;
  resume: boolean;
}

/** Reads the command line. */
export function readOptions(): Options {
  const { values } = readCommandLine(usage, {
    images: { type: 'string' },
    backend: { type: 'string' },
    compare: { type: 'boolean', default: false },
    steps: { type: 'string' },
    alpha: { type: 'string', default: '2' },
    size: { type: 'string', default: '32' },
    seed: { type: 'string', default: '1' },
    name: { type: 'string', default: 'quickstart' },
    resume: { type: 'boolean', default: false },
  });
  if (!/^[\w.-]+$/.test(values.name)) refuse(`Expected a plain folder name for --name, received ${values.name}.`);
  return {
    ...values,
    backend: values.backend as BackendName | undefined,
    steps: values.steps === undefined ? undefined : number('steps', values.steps, 1),
    alpha: number('alpha', values.alpha, Number.NEGATIVE_INFINITY),
    size: number('size', values.size, 16),
    seed: number('seed', values.seed, 0),
  };
}

function number(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min)
    refuse(`Expected a number${Number.isFinite(min) ? ` of at least ${min}` : ''} for --${name}, received ${text}.`);
  return value;
}
