/** Names that a page assumes, declared for the compiler; every other page stands alone. */
export const preludes: { [page: string]: string } = {
  'README.md': `
import type { LayersModel, Tensor3D } from '@tensorflow/tfjs';
declare const images: tf.data.Dataset<Tensor3D>;
declare const encoder: LayersModel;
`,
};
