import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { normalizeBatch } from '../../layers/normalizeBatch';
import type { Replacement } from '../registry';

/** The private parts of tfjs's batch normalization. */
interface BatchNormalization extends Pick<layers.Layer, 'call'> {
  axis: number;
  momentum: number;
  epsilon: number;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
  /** null without scale or without center, with which tfjs does not train. */
  gamma: LayerVariable | null;
  beta: LayerVariable | null;
}

/** Found by its name, as tfjs-layers registers it: this entry does not load tfjs-layers. */
const className = 'BatchNormalization';

/** tfjs's own, while it is replaced for some backend. */
let stock: BatchNormalization['call'] | undefined;
const backends = new Set<string>();

/**
 * Makes tfjs's own layer of batch normalization train by the fused kernels of this package's, along the last axis. All
 * backends share the layer's class; those for which this was not installed keep tfjs's way.
 */
export const batchNormalizationLayer: Replacement = {
  name: className,
  install(backend) {
    const [layer] = tf.serialization.SerializationMap.getMap().classNameMap[className] ?? [];
    if (!layer) return undefined;
    const prototype = layer.prototype as unknown as BatchNormalization;
    stock ??= replaceCall(prototype);
    backends.add(backend);
    return () => {
      backends.delete(backend);
      if (backends.size > 0 || !stock) return;
      prototype.call = stock;
      stock = undefined;
    };
  },
};

function replaceCall(prototype: BatchNormalization): BatchNormalization['call'] {
  const { call } = prototype;
  prototype.call = function (this: BatchNormalization, inputs, kwargs) {
    const [x] = [inputs].flat();
    const { gamma, beta, axis, epsilon } = this;
    const isLast = axis === -1 || axis === x.rank - 1;
    if (!backends.has(tf.getBackend()) || !kwargs.training || !isLast || !gamma || !beta || x.size === 0)
      return call.call(this, inputs, kwargs);
    return tf.tidy(() => normalizeBatch(x, gamma.read(), beta.read(), epsilon, this));
  };
  return call;
}
