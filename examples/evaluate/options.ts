import type { BackendName } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, refuse } from '../support/commandLine';
import type { Shard } from './storedFeatures';

const usage = `Measures trained encoders on images of several domains.

  npm run evaluate -- --encoder DIR --images ROOT [options]

  --encoder DIR       a folder with model.json; given several times, the encoders are compared
  --images ROOT       a folder ROOT/<domain>/<class>/… of images
  --bank NAME         the domain that the classifiers are trained on               (default: train)
  --first NAME        the domain that is also corrupted and made into textures     (default: test, else the first)
  --same A=B,C=D      the class A is what other domains call B
  --per-class N       images a class that are corrupted and made into textures     (default: 100)
  --mask RULE         box or background: where the objects are, for reliance on shape and texture (default: box, the middle)
  --neighbors K      of the kNN classifier                                        (default: 200)
  --learning-rate R   of the linear classifier                                     (default: 0.1)
  --features DIR      reads the features of all images from DIR; makes those that are missing, to continue there later
  --shard I/N         makes part I of N of these features, and nothing else
  --backend NAME      tfjs-node-gpu, webgpu, tfjs-node, wasm or cpu    (default: the first of these that works, but cpu)
  --out DIR           where metrics.json and report.html go                        (default: runs/evaluate)
  --help              this text`;

export interface Options {
  encoders: string[];
  images: string;
  bank: string;
  first?: string;
  same: { [className: string]: string };
  perClass: number;
  mask: 'background' | 'box';
  neighbors: number;
  learningRate: number;
  /** Folder of the features of all images. */
  features?: string;
  /** The part of them to make. */
  shard?: Shard;
  backend?: BackendName;
  out: string;
}

/** Reads the command line. */
export function readOptions(): Options {
  const { values } = readCommandLine(usage, {
    encoder: { type: 'string', multiple: true },
    images: { type: 'string' },
    bank: { type: 'string', default: 'train' },
    first: { type: 'string' },
    same: { type: 'string', default: '' },
    'per-class': { type: 'string', default: '100' },
    mask: { type: 'string', default: 'box' },
    neighbors: { type: 'string', default: '200' },
    'learning-rate': { type: 'string', default: '0.1' },
    features: { type: 'string' },
    shard: { type: 'string' },
    backend: { type: 'string' },
    out: { type: 'string', default: 'runs/evaluate' },
  });
  if (values.shard && !values.features) refuse('Expected --features DIR beside --shard, received none.');
  return {
    encoders: required('encoder', values.encoder),
    images: required('images', values.images),
    bank: values.bank,
    first: values.first,
    same: pairs(values.same),
    perClass: positive('per-class', values['per-class']),
    mask: maskRule(values.mask),
    neighbors: positive('neighbors', values.neighbors),
    learningRate: positive('learning-rate', values['learning-rate']),
    features: values.features,
    shard: shardOf(values.shard),
    backend: values.backend as BackendName | undefined,
    out: values.out,
  };
}

function required<T>(name: string, value: T | undefined): T {
  return value ?? refuse(`Expected a folder for --${name}, received none.`);
}

function maskRule(text: string): Options['mask'] {
  if (text === 'background' || text === 'box') return text;
  refuse(`Expected background or box for --mask, received ${text}.`);
}

/** As for textures, one may count from 0: shard 0/N is N/N. */
function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (count > 0 && index <= count) return { index, count };
  refuse(`Expected I/N with I from 0 to N for --shard, received ${text}.`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) refuse(`Expected a number above 0 for --${name}, received ${text}.`);
  return value;
}

function pairs(text: string): { [className: string]: string } {
  const entries = text.split(',').filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => {
      const names = entry.split('=');
      if (names.length !== 2 || names.includes('')) refuse(`Expected A=B for --same, received ${entry}.`);
      return names;
    }),
  );
}
