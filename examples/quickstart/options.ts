import { parseArgs } from 'node:util';
import type { BackendName } from 'tfjs-nonsemantic-negatives/node';

const usage = `Trains a small contrastive encoder with patch negatives, and measures what it learned.

  npm run quickstart -- [options]

  --images DIR     train on a folder of your own (class folders optional; JPEG, PNG, WebP …) instead of emoji
  --backend NAME   tfjs-node-gpu, webgpu, tfjs-node, wasm or cpu  (default: the first of these that works, but cpu)
  --compare        also train plain MoCo and show it beside
  --steps N        optimizer steps                                (default: 1250 on wasm, else 1212 larger ones)
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

/** Reads the command line; prints the usage and ends the process for `--help` and for mistakes. */
export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        images: { type: 'string' },
        backend: { type: 'string' },
        compare: { type: 'boolean', default: false },
        steps: { type: 'string' },
        alpha: { type: 'string', default: '2' },
        size: { type: 'string', default: '32' },
        seed: { type: 'string', default: '1' },
        name: { type: 'string', default: 'quickstart' },
        resume: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (!/^[\w.-]+$/.test(values.name))
      throw new Error(`Expected a plain folder name for --name, received ${values.name}.`);
    return {
      images: values.images,
      backend: values.backend as BackendName | undefined,
      compare: values.compare,
      steps: values.steps === undefined ? undefined : number('steps', values.steps, 1),
      alpha: number('alpha', values.alpha, Number.NEGATIVE_INFINITY),
      size: number('size', values.size, 16),
      seed: number('seed', values.seed, 0),
      name: values.name,
      resume: values.resume,
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function number(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min)
    throw new Error(
      `Expected a number${Number.isFinite(min) ? ` of at least ${min}` : ''} for --${name}, received ${text}.`,
    );
  return value;
}
