import type * as tfl from '@tensorflow/tfjs-layers';
import { resNet18, resNet50 } from '../../src/encoders/resNet';
import { convolutionsOf, residualNetwork } from './reference';
import { expectClose, perturbNormalisation, picture, predictOne, trainableParameters } from './support';

const largest = (values: number[]) => Math.max(...values.map(Math.abs));

describe.each<[string, (args: { inputShape: number[] }) => tfl.LayersModel, number, number, number[], boolean]>([
  ['resNet18', resNet18, 512, 11_176_512, [2, 2, 2, 2], false],
  ['resNet50', resNet50, 2048, 23_508_032, [3, 4, 6, 3], true],
])('%s', (_name, make, width, parameters, depths, bottleneck) => {
  // The weights do not depend on the image size; 33 px also meets the odd sizes.
  let model: tfl.LayersModel;
  beforeAll(() => {
    model = make({ inputShape: [33, 33, 3] });
  });
  afterAll(() => {
    model.dispose();
  });

  test("has torchvision's trainable parameters and feature width", () => {
    expect(trainableParameters(model)).toBe(parameters);
    expect(model.outputs[0].shape).toEqual([null, width]);
  });

  test("computes torchvision's architecture, by plain loops", () => {
    perturbNormalisation(model);
    const image = picture(33, 33);
    const expected = residualNetwork(image, convolutionsOf(model), depths, bottleneck);
    expectClose(predictOne(model, image), expected, 1e-4 * largest(expected));
  });
});

test('are made for 224 px and halve it five times', () => {
  const model = resNet18();
  expect(model.inputs[0].shape).toEqual([null, 224, 224, 3]);
  expect(model.layers.at(-2)!.outputShape).toEqual([null, 7, 7, 512]);
  model.dispose();
});

test('refuse other options', () => {
  expect(() => resNet18({ inputShape: [224] })).toThrow('for option inputShape');
  expect(() => resNet50({ filters: [1] } as object)).toThrow('Expected some of inputShape, seed');
});
