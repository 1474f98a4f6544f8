import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { byol, contrastiveModel, momentumEncoder, nonSemanticInfoNCE, sgd } from 'tfjs-nonsemantic-negatives';
import { mlp } from './support';

const vectors = (units: number) => tfl.layers.dense({ units: 4, inputShape: [units] });

class Rectify extends tfl.layers.Layer {
  override call(x: tf.Tensor | tf.Tensor[]) {
    return tf.relu(Array.isArray(x) ? x[0] : x);
  }
}

/** Named, but not registered. */
class Unregistered extends Rectify {
  static readonly className = 'Unregistered';
}

/** As TensorFlow.js's guide shows it: the static name that registration needs is missing. */
class WithoutStaticName extends Rectify {
  override getClassName() {
    return 'WithoutStaticName';
  }
}

const withLayer = (layer: tfl.layers.Layer) => tfl.sequential({ layers: [vectors(3), layer] });

/** What cannot be copied, so that keys would have another encoder than queries. */
const notRebuilt = { Unregistered: new Unregistered({}), WithoutStaticName: new WithoutStaticName({}) };

test.each(Object.entries(notRebuilt))('a layer %s is refused by name', (name, layer) => {
  const encoder = withLayer(layer);
  for (const make of [
    () => momentumEncoder({ encoder }),
    () => byol({ encoder, predictor: tfl.sequential({ layers: [vectors(4)] }) }),
  ])
    expect(make).toThrow(
      `Expected a model that its getConfig() builds again for option encoder, received the error "Unknown layer: ${name}". Classes of your own need a static className and tf.serialization.registerClass().`,
    );
});

test('images of another type than views are refused, tokens are not', () => {
  const encoder = (shape: number[]) => {
    const input = tfl.input({ shape, dtype: 'int32' });
    const flat = tfl.layers.flatten().apply(input);
    return tfl.model({
      inputs: input,
      outputs: tfl.layers.dense({ units: 2 }).apply(flat) as tfl.SymbolicTensor,
    });
  };
  expect(() => contrastiveModel({ encoder: encoder([4, 4, 1]), queueSize: 4 })).toThrow(
    'Expected a model of float32 images for option encoder, received one of int32.',
  );
  expect(() => contrastiveModel({ encoder: encoder([4, 2]), queueSize: 4 })).not.toThrow();
});

test('images for an encoder of vectors are told what is missing', () => {
  const model = contrastiveModel({ encoder: mlp(), queueSize: 4 });
  const images = [1, 2].map(() => tf.zeros([2, 3, 3, 1]));
  const loss = nonSemanticInfoNCE();
  expect(() => sgd({ learningRate: 0.1 }).minimize(() => loss(null, model.apply(images, { training: true })))).toThrow(
    'An encoder of vectors needs tf.layers.flatten() in front.',
  );
});

test('an encoder whose weights tf.disposeVariables() freed is refused, also beside a new one of its names', () => {
  const make = () => tfl.sequential({ layers: [tfl.layers.dense({ units: 4, inputShape: [3], name: 'same' })] });
  const encoder = make();
  tf.disposeVariables();
  expect(() => momentumEncoder({ encoder })).toThrow(
    'Expected a model with its weights for option encoder, received a disposed one.',
  );
  expect(momentumEncoder({ encoder: make() }).encoder).not.toBe(encoder);
  expect(() => momentumEncoder({ encoder })).toThrow('received a disposed one.');
});
