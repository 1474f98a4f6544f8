import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type ResNetArgs, resNet18, resNet50 } from 'tfjs-nonsemantic-negatives';
import { convolutionsOf, residualNetwork } from './reference';
import { expectClose, perturbNormalization, picture, trainableParameters } from './support';

const largest = (values: number[]) => Math.max(...values.map(Math.abs));

describe.each<[string, (args?: ResNetArgs) => tfl.LayersModel, number, number, number[], boolean]>([
  ['resNet18', resNet18, 512, 11_176_512, [2, 2, 2, 2], false],
  ['resNet50', resNet50, 2048, 23_508_032, [3, 4, 6, 3], true],
])('%s', (_name, make, width, parameters, depths, bottleneck) => {
  let model: tfl.LayersModel;
  beforeAll(() => {
    model = make();
  });
  afterAll(() => {
    model.dispose();
  });

  test("has torchvision's trainable parameters and feature width", () => {
    expect(trainableParameters(model)).toBe(parameters);
    expect(model.outputs[0].shape).toEqual([null, width]);
  });

  test('is made for 224 px and halves it five times', () => {
    expect(model.inputs[0].shape).toEqual([null, 224, 224, 3]);
    expect(model.layers.at(-2)!.outputShape).toEqual([null, 7, 7, width]);
  });

  // The weights fit any size: 33 px keeps the loops short and meets odd sides.
  test("computes torchvision's architecture, by plain loops", () => {
    perturbNormalization(model);
    const image = picture(33, 33);
    const actual = tf.tidy(() => (model.apply(tf.tensor4d([image])) as tf.Tensor2D).arraySync()[0]);
    const expected = residualNetwork(image, convolutionsOf(model), depths, bottleneck);
    expectClose(actual, expected, 1e-4 * largest(expected));
  });

  test('refuses other options', () => {
    expect(() => make({ inputShape: [224] })).toThrow('for option inputShape');
    expect(() => make({ filters: [1] } as object)).toThrow('Expected some of inputShape, seed');
  });
});
