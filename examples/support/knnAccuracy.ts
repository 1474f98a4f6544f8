import type * as tf from '@tensorflow/tfjs';
import { normalize } from 'tfjs-nonsemantic-negatives';
import { extractFeatures, knn } from 'tfjs-nonsemantic-negatives/evaluation';
import type { cifar10 } from 'tfjs-nonsemantic-negatives/node';

type Images = Awaited<ReturnType<typeof cifar10>>;

/** Accuracy of weighted nearest neighbors among the training images' features, in %. */
export async function knnAccuracy(encoder: tf.LayersModel, train: Images, test: Images): Promise<number> {
  const normalized = (element: tf.TensorContainer) => {
    const { xs, ys } = element as { xs: tf.Tensor4D; ys: tf.Tensor };
    return { xs: normalize(xs), ys };
  };
  const features = (images: Images) => extractFeatures(encoder, images.toDataset().batch(256).map(normalized));
  const { top1 } = await knn(await features(test), await features(train), { k: 200, temperature: 0.1 });
  return 100 * top1;
}
