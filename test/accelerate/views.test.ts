import { mocoV2Augmentation, randomStream } from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { noiseBatch, single } from '../support/images';
import { bytesOf } from '../support/tensors';

test.each([
  { count: 2, size: 8 },
  { count: 5, size: 6 },
  { count: 9, size: 33 },
])('views of $count images at $size equal the bytes of each image alone', async ({ count, size }) => {
  await accelerate();
  const augmentation = mocoV2Augmentation({ size, grayscaleProbability: 0.3 });
  const images = noiseBatch(count, 9, 12);
  const params = augmentation.sample(images.shape, randomStream('views', count));
  const together = augmentation.apply(images, params);
  for (let n = 0; n < count; n++)
    expect(bytesOf(augmentation.apply(single(images, n), params[n]))).toBe(bytesOf(single(together, n)));
});
