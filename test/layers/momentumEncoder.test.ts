import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  ArgumentError,
  type MomentumEncoderArgs,
  momentumEncoder,
  nonSemanticInfoNCE,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { bytesOf, leakOf, maxDifference, waves } from '../support/tensors';
import { contrastive, convolutional, inputsOf, mlp, symbolic, trainStep, valuesOf } from './support';

const loss = nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 });
const unit = (rows: tf.Tensor) => tf.div(rows, tf.norm(rows, 2, 1, true));

function sequential(): tfl.LayersModel {
  return tfl.sequential({
    layers: [tfl.layers.dense({ units: 6, activation: 'tanh', inputShape: [5] }), tfl.layers.dense({ units: 4 })],
  });
}

/** A head on a model on a Sequential: nesting twice. */
function nested(): tfl.LayersModel {
  const inner = tfl.sequential({ layers: [tfl.layers.dense({ units: 5, activation: 'tanh', inputShape: [5] })] });
  const middleInput = tfl.input({ shape: [5] });
  const middleDense = symbolic(tfl.layers.dense({ units: 5 }).apply(symbolic(inner.apply(middleInput))));
  const middle = tfl.model({ inputs: middleInput, outputs: middleDense });
  const input = tfl.input({ shape: [5] });
  const head = tfl.layers.dense({ units: 4 });
  return tfl.model({ inputs: input, outputs: symbolic(head.apply(symbolic(middle.apply(input)))) });
}

const encoders = { mlp, convolutional, sequential, nested };

describe.each(Object.entries(encoders))('with an encoder that is %s', (_, build) => {
  test('the encoder is the model passed in, and the keys’ weights equal its own index by index', () => {
    const encoder = build();
    const layer = momentumEncoder({ encoder });
    expect(layer.encoder).toBe(encoder);
    expect(layer.keyEncoder).toBeInstanceOf(tfl.LayersModel);
    expect(layer.keyEncoder).not.toBe(encoder);
    expect(valuesOf(layer.keyEncoder.getWeights())).toEqual(valuesOf(encoder.getWeights()));
    layer.keyEncoder.weights.forEach((weight, i) => {
      expect(weight).not.toBe(encoder.weights[i]);
    });
  });

  test('the output is unit rows of query, key and negatives in that order', () => {
    const model = contrastive(build(), { negatives: 2 });
    const xs = inputsOf(model);
    const output = model.layer.apply(xs) as tf.Tensor;
    expect(output.shape).toEqual([4, 4, 4]);
    const expected = tf.stack(
      xs.map((x, i) => unit((i === 0 ? model.layer.encoder : model.layer.keyEncoder).predict(x) as tf.Tensor)),
      1,
    );
    expect(maxDifference(output, expected)).toBeLessThan(1e-6);
  });

  test('only the query’s weights are trainable', () => {
    const { layer, encoder, model } = contrastive(build());
    expect(layer.trainableWeights).toEqual(encoder.trainableWeights);
    expect(model.trainableWeights).toEqual(encoder.trainableWeights);
    for (const weight of layer.keyEncoder.weights) expect((weight.read() as tf.Variable).trainable).toBe(false);
  });

  test('the moving average is exact over five steps, with the query’s weights from before each step', () => {
    const model = contrastive(build(), { momentum: 0.7 });
    const optimizer = sgd({ learningRate: 0.5, momentum: 0.9 });
    const trained = model.encoder.trainableWeights;
    const key = trained.map((weight) => Array.from(weight.read().dataSync()));
    const keyOf = (i: number) => model.layer.keyEncoder.trainableWeights[i].read();
    for (let step = 0; step < 5; step++) {
      trained.forEach((weight, i) => {
        weight
          .read()
          .dataSync()
          .forEach((q, j) => {
            key[i][j] = 0.7 * key[i][j] + 0.3 * q;
          });
      });
      trainStep(model, optimizer, loss, step);
      trained.forEach((weight, i) => {
        expect(maxDifference(keyOf(i), key[i])).toBeLessThan(1e-5);
        if (step > 0 && i === 0) expect(maxDifference(keyOf(i), weight.read())).toBeGreaterThan(1e-3);
      });
    }
  });
});

describe('a step', () => {
  test('runs the query’s pass, then the average, then keys and negatives one by one', () => {
    const order: string[] = [];
    const model = contrastive(mlp(), { negatives: 2 });
    const spy = (name: string, encoder: tfl.LayersModel) => {
      const call = encoder.call.bind(encoder);
      encoder.call = (x, kwargs) => {
        order.push(name);
        expect(kwargs.training).toBe(true);
        return call(x, kwargs);
      };
    };
    spy('query', model.encoder);
    spy('key', model.layer.keyEncoder);
    const [weight] = model.layer.keyEncoder.weights;
    const write = weight.write.bind(weight);
    weight.write = (value) => {
      order.push('average');
      return write(value);
    };
    model.layer.apply(inputsOf(model), { training: true });
    expect(order).toEqual(['query', 'average', 'key', 'key', 'key']);
  });

  test('embeds keys and negatives with the average of this step', () => {
    const model = contrastive(mlp(), { momentum: 0.5 });
    trainStep(model, sgd({ learningRate: 1 }), loss);
    const xs = inputsOf(model, 1);
    const output = model.layer.apply(xs, { training: true }) as tf.Tensor;
    const key = tf.slice(output, [0, 1, 0], [4, 1, 4]);
    expect(maxDifference(key, unit(model.layer.keyEncoder.predict(xs[1]) as tf.Tensor))).toBeLessThan(1e-6);
  });

  test('keeps the keys’ weights at momentum 1 and copies the query’s at 0', () => {
    for (const momentum of [0, 1]) {
      const model = contrastive(mlp(), { momentum });
      const initial = valuesOf(model.layer.keyEncoder.getWeights());
      const optimizer = sgd({ learningRate: 0.5 });
      trainStep(model, optimizer, loss, 0);
      const before = valuesOf(model.encoder.getWeights());
      trainStep(model, optimizer, loss, 1);
      expect(valuesOf(model.layer.keyEncoder.getWeights())).toEqual(momentum === 1 ? initial : before);
    }
  });

  test('outside training changes nothing', () => {
    const model = contrastive(convolutional());
    trainStep(model, sgd({ learningRate: 0.5 }), loss);
    const before = valuesOf(model.model.getWeights());
    model.model.predict(inputsOf(model, 1));
    model.layer.apply(inputsOf(model, 2), { training: false });
    expect(valuesOf(model.model.getWeights())).toEqual(before);
  });

  test('gives the gradient with respect to the query and none to keys', () => {
    const model = contrastive(mlp());
    const xs = inputsOf(model);
    const gradient = (i: number) => {
      const inputs = (x: tf.Tensor) => xs.map((own, j) => (j === i ? x : own));
      const score = (x: tf.Tensor) => tf.sum(tf.square(model.model.apply(inputs(x), { training: false }) as tf.Tensor));
      return tf.grad(score)(xs[i]);
    };
    expect(maxDifference(gradient(0), tf.zerosLike(xs[0]))).toBeGreaterThan(1e-3);
    for (const i of [1, 2]) expect(() => gradient(i)).toThrow('Cannot compute gradient');
    const { grads } = tf.variableGrads(
      () => tf.sum(model.model.apply(xs, { training: false }) as tf.Tensor) as tf.Scalar,
    );
    const trained = model.encoder.trainableWeights.map((weight) => weight.read() as tf.Variable);
    expect(Object.keys(grads).sort()).toEqual(trained.map((variable) => variable.name).sort());
  });

  test('says once where a gradient is not in training', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const model = contrastive(mlp());
    const xs = inputsOf(model);
    const step = (kwargs?: object) =>
      tf.variableGrads(() => tf.sum(model.model.apply(xs, kwargs) as tf.Tensor) as tf.Scalar);
    for (const training of [true, false]) step({ training });
    model.model.apply(xs);
    expect(warn).not.toHaveBeenCalled();
    for (const kwargs of [undefined, {}]) step(kwargs);
    expect(warn.mock.calls).toEqual([
      ['momentumEncoder() is not in training: a step is model.apply(inputs, { training: true }).'],
    ]);
    warn.mockRestore();
  });

  test('leaves the keys to the average when an optimizer gets no list of variables', () => {
    const model = contrastive(mlp(), { momentum: 1 });
    const before = valuesOf(model.layer.keyEncoder.getWeights());
    trainStep(model, tf.train.adam(0.1), loss);
    expect(valuesOf(model.layer.keyEncoder.getWeights())).toEqual(before);
    expect(valuesOf(model.encoder.getWeights())).not.toEqual(before);
  });
});

describe('batch normalization', () => {
  const statistics = (model: tfl.LayersModel) => valuesOf(model.layers[2].getWeights().slice(2));

  test('of the keys keeps its own statistics, which the key and each negative move', () => {
    const model = contrastive(convolutional(), { momentum: 1, negatives: 2 });
    const bn = model.encoder.layers[2];
    expect(bn.getClassName()).toBe('BatchNormalization');
    const xs = inputsOf(model);
    const convolved = xs.map((x) => model.encoder.layers[1].apply(x) as tf.Tensor);
    const moments = convolved.map((x) => tf.moments(x, [0, 1, 2]));
    const moved = (means: tf.Tensor[], start: number) =>
      means.reduce((moving, mean) => tf.add(tf.mul(moving, 0.9), tf.mul(mean, 0.1)), tf.fill([4], start) as tf.Tensor);
    model.layer.apply(xs, { training: true });
    const check = (encoder: tfl.LayersModel, of: typeof moments) => {
      const [mean, variance] = statistics(encoder);
      const of1 = of.map((m) => m.mean);
      expect(maxDifference(mean, moved(of1, 0))).toBeLessThan(1e-5);
      expect(
        maxDifference(
          variance,
          moved(
            of.map((m) => m.variance),
            1,
          ),
        ),
      ).toBeLessThan(1e-5);
    };
    check(model.encoder, moments.slice(0, 1));
    check(model.layer.keyEncoder, moments.slice(1));
  });

  test('normalizes each of query, key and negatives by its own batch', () => {
    const model = contrastive(convolutional(), { momentum: 1 });
    const xs = inputsOf(model);
    const together = model.layer.apply(xs, { training: true }) as tf.Tensor;
    xs.forEach((x, i) => {
      const alone = unit(model.layer.keyEncoder.apply(x, { training: true }) as tf.Tensor);
      expect(maxDifference(tf.slice(together, [0, i, 0], [4, 1, 4]), alone)).toBeLessThan(1e-6);
    });
  });
});

describe('frozen parts of the encoder', () => {
  test('a nested model frozen beforehand is copied with its weights and does not change', () => {
    const encoder = nested();
    const inner = encoder.layers[1] as tfl.LayersModel;
    for (const layer of [inner, inner.layers[1]]) layer.trainable = false;
    const model = contrastive(encoder, { momentum: 0.5 });
    expect(valuesOf(model.layer.keyEncoder.getWeights())).toEqual(valuesOf(encoder.getWeights()));
    expect(encoder.trainableWeights).toHaveLength(2);
    const frozen = encoder.layers[1].getWeights().map(bytesOf);
    trainStep(model, sgd({ learningRate: 0.5 }), loss, 0);
    trainStep(model, sgd({ learningRate: 0.5 }), loss, 1);
    expect(model.layer.keyEncoder.layers[1].getWeights().map(bytesOf)).toEqual(frozen);
    expect(encoder.layers[1].getWeights().map(bytesOf)).toEqual(frozen);
  });

  test('freezing a layer later does not mix up the pairs of weights', () => {
    const model = contrastive(mlp(3), { momentum: 0 });
    model.encoder.layers[1].trainable = false;
    trainStep(model, sgd({ learningRate: 0.5 }), loss, 0);
    const expected = model.encoder.layers.map((layer) => valuesOf(layer.getWeights()));
    model.layer.apply(inputsOf(model), { training: true });
    expect(model.layer.keyEncoder.layers.map((layer) => valuesOf(layer.getWeights()))).toEqual(expected);
  });
});

describe('memory', () => {
  test('a call leaves its output and nothing else', () => {
    const model = contrastive(convolutional());
    const xs = inputsOf(model);
    for (const training of [false, true])
      expect(leakOf(() => (model.layer.apply(xs, { training }) as tf.Tensor).dispose())).toBe(0);
  });

  test('disposing the layer disposes both encoders', () => {
    const before = tf.memory().numTensors;
    const { model } = contrastive(mlp());
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('errors', () => {
  const twoOutputs = () => {
    const x = tfl.input({ shape: [5] });
    const outputs = [4, 3].map((units) => symbolic(tfl.layers.dense({ units }).apply(x)));
    return tfl.model({ inputs: x, outputs });
  };
  const images = () => {
    const x = tfl.input({ shape: [4, 4, 3] });
    return tfl.model({ inputs: x, outputs: symbolic(tfl.layers.reLU().apply(x)) });
  };

  test.each<[string, () => object, string]>([
    ['no encoder', () => ({}), 'Expected a tf.LayersModel for option encoder, received undefined.'],
    ['a layer', () => ({ encoder: tfl.layers.dense({ units: 3 }) }), 'received an object of class Dense.'],
    [
      'an unbuilt Sequential',
      () => ({ encoder: tfl.sequential() }),
      'Expected a built model of one input and one output [null, D] for option encoder',
    ],
    ['two outputs', () => ({ encoder: twoOutputs() }), 'outputs [[null, 4], [null, 3]].'],
    ['an output of rank 4', () => ({ encoder: images() }), 'outputs [[null, 4, 4, 3]].'],
    [
      'a momentum above 1',
      () => ({ encoder: mlp(), momentum: 1.5 }),
      'Expected a number of at least 0 and of at most 1 for option momentum, received 1.5.',
    ],
    ['a momentum below 0', () => ({ encoder: mlp(), momentum: -0.1 }), 'received -0.1.'],
    [
      'a misspelled option',
      () => ({ encoder: mlp(), momentun: 0.9 }),
      'for the options of momentumEncoder(), received "momentun".',
    ],
  ])('%s', (_, args, message) => {
    expect(() => momentumEncoder(args() as MomentumEncoderArgs)).toThrow(ArgumentError);
    expect(() => momentumEncoder(args() as MomentumEncoderArgs)).toThrow(message);
  });

  test('inputs that do not fit the encoder', () => {
    const apply = (...shapes: number[][]) =>
      momentumEncoder({ encoder: mlp() }).apply(shapes.map((shape) => tfl.input({ shape })));
    expect(() => apply([5])).toThrow(
      'Expected [query, key, …negatives] for the inputs of momentumEncoder(), received 1 input.',
    );
    expect(() => apply([5], [6])).toThrow(
      "Expected the encoder's input shape [null, 5] for the inputs of momentumEncoder(), received [null, 6].",
    );
    expect(() => apply([5], [5, 1])).toThrow('received [null, 5, 1].');
    expect(() => momentumEncoder({ encoder: mlp() }).apply([0, 1].map(() => tf.tensor2d(waves(8), [2, 4])))).toThrow(
      'received [2, 4].',
    );
  });
});
