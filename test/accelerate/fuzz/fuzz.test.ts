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

const long = Boolean(process.env.LONG);
const seed = Number(process.env.SEED ?? 1);

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
];

test.each(subjects.map((subject) => [subject.name, subject] as const))(
  '%s',
  async (_, subject) => {
    const { wrong, tried, refused, refusals, error } = await fuzz(
      subject,
      Number(process.env.COUNT ?? (long ? 500 : 10)),
      seed,
    );
    if (long)
      process.stdout.write(
        `${subject.name}: ${tried} calls, ${refused} refused as by tfjs, ${error.toPrecision(2)} at most\n`,
      );
    if (refused) process.stdout.write([...refusals].join('\n').slice(0, 1500) + '\n');
    expect(wrong.slice(0, Number(process.env.SHOW ?? 6))).toEqual([]);
  },
  3_600_000,
);
