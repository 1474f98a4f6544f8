import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  byol,
  ContrastiveLayer,
  memoryQueue,
  momentumEncoder,
  nonSemanticByol,
  nonSemanticInfoNCE,
  predictionHead,
} from 'tfjs-nonsemantic-negatives';
import { maxDifference, waves } from '../support/tensors';

const { dense } = tfl.layers;
const regularized = (units: number, inputShape: number[]) =>
  dense({ units, inputShape, kernelRegularizer: 'l1l2', biasRegularizer: tfl.regularizers.l2({ l2: 0.3 }) });

/** Encoders whose layers have penalties, one of them where tfjs's own nesting overlooks it. */
const encoders: { [name: string]: () => tfl.LayersModel } = {
  sequential: () => tfl.sequential({ layers: [regularized(4, [5]), dense({ units: 3 })] }),
  'nested sequential': () =>
    tfl.sequential({
      layers: [tfl.sequential({ layers: [regularized(4, [5])] }), tfl.sequential({ layers: [regularized(3, [4])] })],
    }),
  'a layer used twice': () => {
    const input = tfl.input({ shape: [5] });
    const shared = regularized(5, [5]);
    return tfl.model({ inputs: input, outputs: shared.apply(shared.apply(input)) as tfl.SymbolicTensor });
  },
};

const penaltiesOf = (layer: tfl.layers.Layer) => {
  const losses = layer.calculateLosses();
  return losses.length === 0 ? 0 : tf.addN(losses).dataSync()[0];
};

/** A penalty for each use of each layer. */
function expectedPenalty(encoder: tfl.LayersModel): number {
  return encoder.layers
    .map((layer) => {
      if (layer instanceof tfl.LayersModel) return expectedPenalty(layer);
      return layer.inboundNodes.length * penaltiesOf(layer);
    })
    .reduce((a, b) => a + b, 0);
}

const inputs = (count: number) => Array.from({ length: count }, () => tfl.input({ shape: [5] }));
const views = () => [0, 1].map((phase) => tf.tensor2d(waves(20, 1, phase), [4, 5]));

describe.each(Object.entries(encoders))('regularizers of %s', (_, make) => {
  test('count in a momentum encoder and in byol, once', async () => {
    for (const kind of ['momentumEncoder', 'byol']) {
      const encoder = make();
      const expected = expectedPenalty(encoder);
      expect(expected).toBeGreaterThan(0.01);
      const width = encoder.outputs[0].shape[1] as number;
      const predictor = predictionHead(width, { units: width });
      const layer = kind === 'byol' ? byol({ encoder, predictor }) : momentumEncoder({ encoder });
      const embeddings = layer.apply(inputs(2));
      const outputs = kind === 'byol' ? embeddings : memoryQueue({ size: 4 }).apply(embeddings);
      const model = tfl.model({ inputs: (embeddings as tfl.SymbolicTensor).inputs, outputs });
      expect(penaltiesOf(layer)).toBeCloseTo(expected, 5);
      const loss = kind === 'byol' ? nonSemanticByol() : nonSemanticInfoNCE();
      const plain = loss(null, model.apply(views(), { training: true })).dataSync()[0];
      model.compile({ optimizer: tf.train.sgd(0), loss });
      if (kind === 'byol') {
        const logs = (await model.trainOnBatch(views(), tf.zeros([4, 4, width]))) as number;
        expect(logs).toBeCloseTo(plain + expected, 4);
      }
    }
  });
});

test('count as those of a nested model', () => {
  const encoder = encoders.sequential();
  const input = tfl.input({ shape: [5] });
  const nested = tfl.model({ inputs: input, outputs: encoder.apply(input) as tfl.SymbolicTensor });
  nested.predict(views()[0]);
  const own = encoders.sequential();
  own.setWeights(encoder.getWeights());
  expect(penaltiesOf(momentumEncoder({ encoder: own }))).toBeCloseTo(penaltiesOf(nested), 5);
});

describe('the interface of a tfjs container', () => {
  const make = () => {
    const encoder = tfl.sequential({
      layers: [dense({ units: 4, inputShape: [5], name: 'first' }), batchNormalization(), dense({ units: 3 })],
    });
    const layer = momentumEncoder({ encoder });
    const embeddings = layer.apply(inputs(2));
    return { encoder, layer, model: tfl.model({ inputs: embeddings.inputs, outputs: embeddings }) };
  };

  test('counts parameters, in the summary too', () => {
    const { encoder, layer, model } = make();
    expect(layer).toBeInstanceOf(ContrastiveLayer);
    expect(layer.countParams()).toBe(2 * encoder.countParams());
    const lines: string[] = [];
    model.summary(undefined, undefined, (line: string) => lines.push(line));
    expect(lines.join('\n')).toContain(`Total params: ${2 * encoder.countParams()}`);
    expect(lines.join('\n')).toContain(`Trainable params: ${5 * 4 + 4 + 8 + 4 * 3 + 3}`);
  });

  test('finds layers by name', () => {
    const { encoder, layer } = make();
    expect(layer.getLayer('first')).toBe(encoder.layers[0]);
    expect(layer.getLayer('key_first')).toBe(layer.keyEncoder.layers[0]);
    expect(() => layer.getLayer('absent')).toThrow('No such layer: absent');
  });

  test('gets and sets weights', () => {
    const [one, other] = [make(), make()];
    other.model.setWeights(one.model.getWeights());
    const outputs = [one, other].map(({ model }) => model.predict(views()) as tf.Tensor);
    expect(maxDifference(outputs[1], outputs[0])).toBe(0);
  });

  test('freezing the layer freezes what it owns, batch normalization too', () => {
    const { encoder, layer, model } = make();
    layer.trainable = false;
    expect(model.trainableWeights).toEqual([]);
    const statistics = () => encoder.layers[1].getWeights().map((weight) => Array.from(weight.dataSync()));
    const before = statistics();
    layer.apply(views(), { training: true });
    expect(statistics()).toEqual(before);
    layer.trainable = true;
    expect(model.trainableWeights).toEqual(encoder.trainableWeights);
    layer.apply(views(), { training: true });
    expect(statistics()).not.toEqual(before);
  });

  test('a layer made frozen freezes them too', () => {
    const encoder = encoders.sequential();
    const layer = momentumEncoder({ encoder, trainable: false });
    expect([layer.trainable, encoder.trainable]).toEqual([false, false]);
    for (const weight of encoder.weights) expect(weight.trainable).toBe(false);
  });

  test('splits of batch normalization carry over', () => {
    const { encoder, layer } = make();
    (encoder.layers[1] as ReturnType<typeof batchNormalization>).splits = 2;
    expect((layer.keyEncoder.layers[1] as ReturnType<typeof batchNormalization>).splits).toBe(2);
  });

  test('disposing the layer before its first use frees its models', () => {
    const before = tf.memory().numTensors;
    momentumEncoder({ encoder: encoders.sequential() }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('refused by name', () => {
  test('layers added after it was made', () => {
    const encoder = tfl.sequential({ layers: [dense({ units: 3, inputShape: [5] })] });
    const layer = momentumEncoder({ encoder });
    encoder.add(dense({ units: 3 }));
    expect(() => layer.apply(views())).toThrow(
      'Expected a model of the 1 layers that it had for option encoder, received one of 2.',
    );
  });

  test('one layer in two nested models', () => {
    const shared = dense({ units: 5 });
    const input = tfl.input({ shape: [5] });
    const branch = () => {
      const x = tfl.input({ shape: [5] });
      return tfl.model({ inputs: x, outputs: shared.apply(x) as tfl.SymbolicTensor }).apply(input);
    };
    const outputs = tfl.layers.add().apply([branch(), branch()] as tfl.SymbolicTensor[]) as tfl.SymbolicTensor;
    expect(() => momentumEncoder({ encoder: tfl.model({ inputs: input, outputs }) })).toThrow(
      'Expected a model whose nested models share no layer for option encoder, received layer',
    );
  });

  test('a recurrent layer that keeps its state', () => {
    const cell = tfl.layers.simpleRNN({ units: 3, stateful: true, recurrentInitializer: 'zeros' });
    const input = tfl.input({ batchShape: [4, 2, 5] });
    const encoder = tfl.model({ inputs: input, outputs: cell.apply(input) as tfl.SymbolicTensor });
    expect(() => momentumEncoder({ encoder })).toThrow('Expected a model without a state for option encoder');
  });

  test('a mask from outside', () => {
    const encoder = tfl.sequential({ layers: [tfl.layers.flatten({ inputShape: [2, 3] }), dense({ units: 3 })] });
    const masked = [0, 1].map(() => tfl.input({ shape: [2, 3] }));
    const outputs = momentumEncoder({ encoder }).apply(
      masked.map((x) => tfl.layers.masking({}).apply(x) as tfl.SymbolicTensor),
    );
    const xs = masked.map(() => tf.ones([2, 2, 3]));
    expect(() => tfl.model({ inputs: masked, outputs }).predict(xs)).toThrow(
      'Expected tensors without a mask for the inputs of momentumEncoder(), received a mask.',
    );
  });

  test('a model of another copy of TensorFlow.js, and a graph model', () => {
    class a {
      layers = [];
      predict() {}
    }
    class GraphModel {
      predict() {}
    }
    expect(() => momentumEncoder({ encoder: new a() as never })).toThrow('another copy of TensorFlow.js');
    expect(() => momentumEncoder({ encoder: new GraphModel() as never })).toThrow('tf.loadLayersModel');
  });
});
