import { residualEncoder } from 'tfjs-nonsemantic-negatives';
import { add, convolutionsOf, convolve, meanOverPixels, relu } from './reference';
import { expectClose, perturbNormalization, picture, predictOne, trainableParameters, weightsOf } from './support';

test('maps a batch of images to features as wide as the last stage', () => {
  expect(residualEncoder({ filters: [4, 8, 16, 24] }).outputs[0].shape).toEqual([null, 24]);
  expect(residualEncoder({ inputShape: [64, 64, 3], filters: [4, 8], stemStrides: 2 }).outputs[0].shape).toEqual([
    null,
    8,
  ]);
});

test('has as many parameters as the usual ResNet-18 for CIFAR-10', () => {
  const model = residualEncoder({ filters: [64, 128, 256, 512], blocks: [2, 2, 2, 2] });
  // torchvision's 11,176,512, with a 3x3 in place of the 7x7 stem.
  expect(trainableParameters(model)).toBe(11_176_512 - (49 - 9) * 3 * 64);
});

test.each([
  [8, 8, 1],
  [9, 7, 2],
])('agrees with plain loops that pad as PyTorch does, at %i x %i, stem stride %i', (height, width, stemStrides) => {
  const model = residualEncoder({ inputShape: [height, width, 3], filters: [4, 6], blocks: [1, 2], stemStrides });
  perturbNormalization(model);
  const image = picture(height, width);

  const [stem, a1, a2, b1, b2, projection, c1, c2, ...rest] = convolutionsOf(model);
  expect(rest).toEqual([]);
  const x = relu(convolve(image, stem, stemStrides));
  const a = relu(add(convolve(relu(convolve(x, a1)), a2), x));
  const b = relu(add(convolve(relu(convolve(a, b1, 2)), b2), convolve(a, projection, 2)));
  const c = relu(add(convolve(relu(convolve(b, c1)), c2), b));
  expectClose(predictOne(model, image), meanOverPixels(c), 1e-4);
});

test('the initial weights are a function of the seed', () => {
  const args = { inputShape: [8, 8, 3], filters: [2, 4] };
  expect(weightsOf(residualEncoder(args))).toEqual(weightsOf(residualEncoder({ ...args, seed: 0 })));
  expect(weightsOf(residualEncoder({ ...args, seed: 1 }))).not.toEqual(weightsOf(residualEncoder(args)));
});

test('refuses a number of blocks that does not fit the stages', () => {
  expect(() => residualEncoder({ filters: [4, 8], blocks: [1] })).toThrow(
    'Expected 2 integers, one a stage for option blocks, received [1].',
  );
  expect(() => residualEncoder({ stemStrides: 0 })).toThrow(
    'Expected an integer of at least 1 for option stemStrides, received 0.',
  );
});
