import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { batchNorm } from './batchNorm';
import { convolutions } from './convolutions';
import { elementwise } from './elementwise';
import { fusions } from './fused';
import { fuzz } from './fuzz';
import { gathering } from './gathering';
import { pools } from './pools';
import { products } from './products';
import { rowwise } from './reductions';
import { resizing } from './resizing';

declare const BACKEND: string;

const long = Boolean(process.env.LONG);
/** In software, shaders take long. */
const count = long ? 500 : BACKEND.startsWith('webg') ? 3 : 10;
const seed = Number(process.env.SEED ?? 1);
/** A page has no standard output. */
const print = (text: string) => (process.stdout?.write ? process.stdout.write(text) : console.log(text));

/** What the stock shaders compute wrongly, or not at all: NaN, and tensors without values. docs/backends.md says so. */
const left: { [backend: string]: string[] } = {
  webgl: ['softmax', 'clip', 'ReLU'],
  webgpu: ['1x1 convolution', 'convolution with channels first', '3-D convolution', 'sum', 'softmax'],
};

const subjects = [
  ...convolutions,
  ...fusions,
  ...pools,
  ...resizing,
  ...products,
  ...rowwise,
  ...gathering,
  batchNorm,
  ...elementwise,
].filter(({ name }) => !left[BACKEND]?.includes(name));

test.each(subjects.map((subject) => [subject.name, subject] as const))(
  '%s',
  async (_, subject) => {
    const { wrong, tried, refused, refusals, error } = await fuzz(subject, Number(process.env.COUNT ?? count), seed);
    if (long)
      print(`${subject.name}: ${tried} calls, ${refused} refused as by tfjs, ${error.toPrecision(2)} at most\n`);
    if (refused) print([...refusals].join('\n').slice(0, 1500) + '\n');
    expect(wrong.slice(0, Number(process.env.SHOW ?? 6))).toEqual([]);
  },
  3_600_000,
);
