import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { relativeDifference } from '../fuzz/fuzz';
import { buildEncoder } from './encoder';
import { aliases, casesOf, type LayerCase, table } from './table';

declare const BACKEND: string;

const factories = Object.keys(tfl.layers).filter((name) => /^[a-z]/.test(name));

type Results = ReturnType<ReturnType<typeof buildEncoder>['compute']> | { error: string };

async function computeOn(
  backend: string,
  fast: boolean,
  layer: LayerCase,
  shapes: number[][],
  training: boolean,
  reloaded = false,
): Promise<Results> {
  await tf.setBackend(backend);
  const acceleration = await accelerate();
  if (!fast) acceleration.restore();
  let encoder: ReturnType<typeof buildEncoder> | undefined;
  try {
    encoder = buildEncoder(layer, shapes);
    if (reloaded) encoder.reload();
    return encoder.compute(training);
  } catch (error) {
    return { error: String(error).slice(0, 160) };
  } finally {
    encoder?.dispose();
  }
}

function differenceOf(actual: Results, expected: Results): string | undefined {
  if ('error' in actual) return 'error' in expected ? undefined : actual.error;
  if ('error' in expected) return undefined;
  const worst: string[] = [];
  const compare = (what: string, a: ArrayLike<number> | undefined, b: ArrayLike<number>) => {
    const difference = a ? relativeDifference(a, b) : Number.POSITIVE_INFINITY;
    if (!(difference < 1e-4)) worst.push(`${what} off by ${difference.toPrecision(2)}`);
  };
  compare('output', actual.output, expected.output);
  for (const [name, gradient] of expected.gradients) compare(name, actual.gradients.get(name), gradient);
  return worst.length > 0 ? worst.join(', ') : undefined;
}

afterAll(async () => {
  await tf.setBackend(BACKEND);
  await accelerate();
});

test('every layer of tf.layers has an entry', () => {
  expect(factories.filter((name) => !(name in table) && !(name in aliases))).toEqual([]);
});

test.each(Object.keys(table))('%s', async (name) => {
  const faults: string[] = [];
  for (const [index, layer] of casesOf(name).entries())
    for (const shape of layer.shapes) {
      const shapes = (Array.isArray(shape[0]) ? shape : [shape]) as number[][];
      for (const training of layer.inTraining ? [false, true] : [false]) {
        const expected = await computeOn('cpu', true, layer, shapes, training);
        const title = `${name} ${index} ${JSON.stringify(shapes)}${training ? ' training' : ''}`;
        if ('error' in expected) faults.push(`${title}, cpu: ${expected.error}`);
        for (const [label, fast, reloaded] of [
          ['stock', false, false],
          ['fast', true, false],
          ['reloaded', true, true],
        ] as const) {
          const fault = differenceOf(await computeOn(BACKEND, fast, layer, shapes, training, reloaded), expected);
          if (fault) faults.push(`${title}, ${label}: ${fault}`);
        }
      }
    }
  expect(faults).toEqual([]);
});
