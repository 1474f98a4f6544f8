import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { isRecord } from '../../support/isRecord';

/** Options that the stock `getConfig` of a layer forgets; DepthwiseConv2D's gives the regularizer as the constraint. */
const forgotten: Readonly<Record<string, string>> = {
  AlphaDropout: 'noiseShape',
  Conv1D: 'dataFormat',
  Conv2DTranspose: 'dilationRate',
  Conv3DTranspose: 'dilationRate',
  DepthwiseConv2D: 'depthwiseConstraint',
  SeparableConv2D: 'depthMultiplier',
};

/** Makes a stock layer tell all of its options, to copies and to files. */
export function mendConfig(layer: tfl.layers.Layer): void {
  const option = forgotten[layer.getClassName()];
  if (option === undefined || Object.hasOwn(layer, 'getConfig')) return;
  const getConfig = layer.getConfig.bind(layer);
  const value = () => serialize((layer as unknown as Record<string, unknown>)[option]);
  Object.defineProperty(layer, 'getConfig', { value: () => ({ ...getConfig(), [option]: value() }) });
}

/** As tfjs writes a constraint; numbers and texts stay as they are. */
function serialize(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { getClassName, getConfig } = value as unknown as tf.serialization.Serializable;
  return { className: getClassName.call(value), config: getConfig.call(value) };
}
