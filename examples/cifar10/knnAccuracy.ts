import type * as tf from '@tensorflow/tfjs';
import { extractFeatures, knn, normalize } from 'tfjs-nonsemantic-negatives';
import type { cifar10 } from 'tfjs-nonsemantic-negatives/node';

type Images = Awaited<ReturnType<typeof cifar10>>;

/** Accuracy of weighted nearest neighbours among the training images' features, in %. */
export async function knnAccuracy(encoder: tf.LayersModel, train: Images, test: Images): Promise<number> {
  const normalized = (element: tf.TensorContainer) => {
    const { xs, ys } = element as { xs: tf.Tensor4D; ys: tf.Tensor };
    return { xs: normalize(xs), ys };
  };
  const features = (images: Images) => extractFeatures(encoder, images.toDataset().batch(256).map(normalized));
  const { top1 } = await knn(await features(test), await features(train), { k: 200, temperature: 0.1 });
  return 100 * top1;
}
