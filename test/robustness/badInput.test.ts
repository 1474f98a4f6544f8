import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import * as main from 'tfjs-nonsemantic-negatives';
import * as evaluation from 'tfjs-nonsemantic-negatives/evaluation';
import * as node from 'tfjs-nonsemantic-negatives/node';
import { attempt, calls, expectRefusal } from './outcome';
import { makeInputs, requiredOptions, type Subject } from './subject';
import { table, withoutInput } from './table';
import { makeTensor, misfits, noTensor, tensors } from './values';

/** Cases a property; a thorough run takes more. */
const numRuns = process.env.LONG ? 300 : 12;

test('every public name is in the table', () => {
  const covered = new Set([...table.map(({ name }) => name.split('.')[0]), ...withoutInput]);
  expect([...covered].sort()).toEqual([...new Set([main, evaluation, node].flatMap(Object.keys))].sort());
});

afterAll(() => {
  if (process.env.LONG) console.log(`${tf.getBackend()}: ${calls.good} calls answered, ${calls.refused} refused`);
});

const good = (subject: Subject) => () => makeInputs(subject);
const inputsWith = (subject: Subject, name: string, make: () => unknown) => () => makeInputs(subject, { [name]: make });

/** A wrong name that is not by chance the right one. */
const misspelled = (names: string[]) =>
  fc
    .oneof(
      fc.constantFrom('temprature', 'sise', 'Seed', 'batchsize', 'undefined', 'constructor', 'toString'),
      ...(names.length > 0 ? [fc.constantFrom(...names).map((name) => name.slice(0, -1))] : []),
    )
    .filter((name) => !names.includes(name) && !['k', 'dtype'].includes(name));

/** One test a name; jest refuses an empty list. */
const testEach = (names: string[]) => (title: string, run: (name: string) => Promise<void>) => {
  for (const name of names) test(title.replace('%s', name), () => run(name));
};

describe.each(table.map((subject) => [subject.name, subject] as const))('%s', (_, subject) => {
  const { inputs, options } = subject;
  const required = requiredOptions(subject);

  testEach(Object.keys(options))('option %s: bad values are refused by name', async (name) => {
    await fc.assert(
      fc.asyncProperty(misfits(options[name]), async (value) => {
        const { error, leaked } = await attempt(subject, good(subject), { ...required, [name]: value });
        expectRefusal(error, name);
        expect(leaked).toBe(0);
      }),
      { seed: 1, numRuns },
    );
  });

  const withOptions = Object.keys(options).length > 0;
  if (withOptions)
    test('misspelled options, and options that are no object, are refused', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            misspelled([...Object.keys(options), ...Object.keys(inputs)]).map((name) => ({ ...required, [name]: 1 })),
            fc.constantFrom<unknown[]>(null, 3, 'x', [], () => 1, true),
          ),
          async (wrong) => {
            const { error, leaked } = await attempt(subject, good(subject), wrong);
            expectRefusal(error, 'options of');
            expect(leaked).toBe(0);
          },
        ),
        { seed: 1, numRuns },
      );
    });

  testEach(Object.keys(inputs))('input %s: anything else is refused', async (name) => {
    const { shape, bad, optional } = inputs[name];
    const others = bad
      ? fc.constantFrom(...bad)
      : noTensor.filter((value) => !(optional && value === undefined)).map((value) => () => value);
    const disposed = () => {
      const tensor = makeTensor({ shape: shape as number[], dtype: 'float32', fill: 'waves' });
      tensor.dispose();
      return tensor;
    };
    const wrong = shape ? fc.oneof(others, fc.constant(disposed)) : others;
    await fc.assert(
      fc.asyncProperty(wrong, async (make) => {
        const { error, leaked } = await attempt(subject, inputsWith(subject, name, make), required);
        expectRefusal(error);
        expect(leaked).toBe(0);
      }),
      { seed: 1, numRuns: 2 * numRuns },
    );
  });

  const tensorInputs = Object.keys(inputs).filter((name) => inputs[name].shape);
  testEach(tensorInputs)('input %s: any tensor gives a result or a refusal', async (name) => {
    await fc.assert(
      fc.asyncProperty(tensors(inputs[name].shape!), async (spec) => {
        const free = { ...subject, check: undefined };
        const { error, leaked } = await attempt(
          free,
          inputsWith(subject, name, () => makeTensor(spec)),
          required,
        );
        if (error) expectRefusal(error);
        expect(leaked).toBe(0);
      }),
      { seed: 1, numRuns: 2 * numRuns },
    );
  });
});
