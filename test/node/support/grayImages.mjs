import * as tf from '@tensorflow/tfjs-core';

/** Three gray images, for a thread. */
export default { size: 3, get: (index) => tf.fill([2, 2, 1], index / 4) };
