import * as tf from '@tensorflow/tfjs-core';
import { compiled } from 'tfjs-nonsemantic-negatives/accelerate';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? describe : describe.skip;

type Binding = Record<string, (...args: never[]) => unknown>;

onTensorFlow('what goes wrong goes on eagerly, and the report names it', () => {
  test('where a private part of tfjs-node is missing, steps are eager and the report names it', async () => {
    const backend = tf.backend() as unknown as Record<string, unknown>;
    const { getDTypeInteger } = backend;
    const step = compiled((x: tf.Tensor) => tf.neg(x));
    backend.getDTypeInteger = undefined;
    const fails = step.report();
    try {
      expect(() => step(tf.scalar(1))).not.toThrow();
      expect(fails.runs).toBe('eager');
      expect(Object.keys(step.report().reasons)).toEqual(['this version of tfjs-node has no getDTypeInteger']);
    } finally {
      backend.getDTypeInteger = getDTypeInteger;
    }
  });

  const tampered: Binding = {};
  /** The binding's own functions are read-only: others stand in front of it, before a graph is made. */
  beforeAll(() => {
    const backend = tf.backend() as unknown as { binding: Binding };
    const real = backend.binding;
    const through = (name: string) => ({ value: (...args: never[]) => (tampered[name] ?? real[name])(...args) });
    const names = ['loadSavedModel', 'runSavedModel'];
    backend.binding = Object.create(real, Object.fromEntries(names.map((name) => [name, through(name)])));
  });
  const realOf = (name: string) =>
    Object.getPrototypeOf((tf.backend() as unknown as { binding: Binding }).binding)[name] as Binding[string];

  function withBinding(name: string, make: (real: Binding[string]) => Binding[string], body: () => void): void {
    tampered[name] = make(realOf(name));
    try {
      body();
    } finally {
      delete tampered[name];
    }
  }

  /** Six steps, eagerly and compiled, and the report. */
  function runBeside() {
    const run = (isCompiled: boolean) => {
      const state = tf.variable(tf.tensor1d([1, 2]));
      const plain = (x: tf.Tensor) =>
        tf.tidy(() => {
          state.assign(tf.add(state, x) as tf.Tensor1D);
          return tf.sum(state);
        });
      const step = isCompiled ? compiled(plain) : plain;
      const log = Array.from({ length: 7 }, (_, i) => {
        const sum = step(tf.scalar(i)).dataSync()[0];
        return [sum, ...state.dataSync()];
      });
      return { log, report: (step as Partial<ReturnType<typeof compiled>>).report?.() };
    };
    const [eager, graph] = [run(false), run(true)];
    expect(graph.log).toEqual(eager.log);
    return graph.report!;
  }

  test('a graph that gives other values', () => {
    const tamper = (real: Binding[string]) =>
      ((session: number, ids: number[], inputs: string, outputs: string) => {
        const made = real(...([session, ids, inputs, outputs] as never[])) as { id: number; shape: number[] }[];
        const k = outputs.split(',').indexOf('result_0:0');
        if (k >= 0)
          made[k].id = (tf.backend() as never as { getInputTensorIds(x: tf.Tensor[]): number[] }).getInputTensorIds([
            tf.scalar(7),
          ])[0];
        return made;
      }) as Binding[string];
    withBinding('runSavedModel', tamper, () => {
      const { runs, reasons, steps } = runBeside();
      expect(runs).toBe('eager');
      expect(steps).toMatchObject({ verified: 1, graph: 0 });
      expect(Object.keys(reasons).join()).toMatch(/gives other values than its operations/);
    });
  });

  test.each(['loadSavedModel', 'runSavedModel'])('%s that throws', (name) => {
    const fail = () => () => {
      throw new Error('out of order');
    };
    withBinding(name, fail, () => {
      const { runs, reasons } = runBeside();
      expect(runs).toBe('eager');
      expect(Object.keys(reasons).join()).toMatch(/TensorFlow does not take its graph: out of order/);
    });
  });
});
