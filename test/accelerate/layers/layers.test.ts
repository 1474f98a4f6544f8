import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs'; // tfjs's recurrent layers call its chained operations.
import * as tfl from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { relativeDifference } from '../fuzz/fuzz';
import { buildEncoder, type Computed, type Encoder } from './encoder';
import { mended, missing, refused } from './limits';
import { aliases, casesOf, type LayerCase, table } from './table';

declare const BACKEND: string;

type Result = Partial<Computed> & { error?: string };

interface Way {
  backend: string;
  isFast: boolean;
  isReloaded?: boolean;
}

/** The ways that are held to the accelerated cpu backend, whose kernels the fuzz holds to float64. */
const ways: Record<string, Way> = {
  stock: { backend: BACKEND, isFast: false },
  accelerated: { backend: BACKEND, isFast: true },
  reloaded: { backend: BACKEND, isFast: true, isReloaded: true },
};

async function compute(layer: LayerCase, shapes: number[][], training: boolean, way: Way): Promise<Result> {
  await tf.setBackend(way.backend);
  const acceleration = await accelerate();
  if (!way.isFast) acceleration.restore();
  let encoder: Encoder | undefined;
  try {
    encoder = buildEncoder(layer, shapes);
    if (way.isReloaded) encoder.reload();
    return encoder.compute(training);
  } catch (error) {
    return { error: String(error) };
  } finally {
    encoder?.dispose();
  }
}

const isRefused = (message: string) => refused.some((pattern) => pattern.test(message));

/** What is wrong with a result, in words; an empty list if nothing is. */
function compare(actual: Result, expected: Result): string[] {
  if (expected.error) return isRefused(expected.error) ? [] : [`cpu: ${expected.error}`];
  if (actual.error) return [actual.error];
  const faults: string[] = [];
  const hold = (what: string, a: Float32Array | undefined, b: Float32Array | undefined) => {
    if (!a && !b) return;
    const difference = a && b ? relativeDifference(a, b) : Number.POSITIVE_INFINITY;
    if (!(difference < 1e-4)) faults.push(`${what} off by ${difference.toPrecision(2)}`);
  };
  hold('output', actual.output, expected.output);
  if (expected.gradientError) {
    if (!isRefused(expected.gradientError)) faults.push(`cpu: ${expected.gradientError}`);
  } else if (actual.gradientError) faults.push(actual.gradientError);
  else for (const [i, gradient] of expected.gradients!.entries()) hold(`gradient ${i}`, actual.gradients![i], gradient);
  return faults;
}

const shapesOf = (layer: LayerCase): number[][][] =>
  layer.shapes.map((shape) => (Array.isArray(shape[0]) ? shape : [shape]) as number[][]);

afterAll(async () => {
  await tf.setBackend(BACKEND);
  await accelerate();
});

test('every layer of tf.layers has an entry', () => {
  const factories = Object.keys(tfl.layers).filter((name) => /^[a-z]/.test(name));
  expect(factories.filter((name) => !(name in table) && !(name in aliases))).toEqual([]);
});

test('other names make the same layers', () => {
  const factories = tfl.layers as unknown as Record<string, (args: object) => tfl.layers.Layer>;
  for (const [name, original] of Object.entries(aliases)) {
    const args = { poolSize: 2 };
    expect(factories[name](args).getClassName()).toBe(factories[original](args).getClassName());
  }
});

test('a layer without a kernel is refused by name', async () => {
  for (const name of missing[BACKEND]) {
    const [layer] = casesOf(name);
    const { error } = await compute(layer, shapesOf(layer)[0], false, { backend: BACKEND, isFast: true });
    expect(error).toContain('not registered for backend');
  }
});

test.each(Object.keys(table).filter((name) => !missing[BACKEND].includes(name)))('%s', async (name) => {
  const faults: string[] = [];
  let isMended = false;
  for (const [index, layer] of casesOf(name).entries())
    for (const shapes of shapesOf(layer))
      for (const training of layer.inTraining ? [false, true] : [false]) {
        const expected = await compute(layer, shapes, training, { backend: 'cpu', isFast: true });
        for (const [label, way] of Object.entries(ways)) {
          if (way.isReloaded && layer.reloads === false) continue;
          const wrong = compare(await compute(layer, shapes, training, way), expected);
          const fault = `${label} ${index} ${JSON.stringify(shapes)}: ${wrong.join(', ').slice(0, 300)}`;
          if (wrong.length > 0 && label === 'stock') isMended = true;
          else if (wrong.length > 0) faults.push(fault);
        }
      }
  expect(faults).toEqual([]);
  // The list of what is mended says no less and no more.
  expect(isMended).toBe(mended[BACKEND].includes(name));
});
