import type * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../support/checkModel';
import { ArgumentError } from '../support/errors';
import { boolean, custom, type Option, optional, text } from '../support/options';

/** What tfjs accepts for every layer. */
export const layerOptions = { name: optional(text()), trainable: boolean({ default: true }) };

/** A model of one input and one output `[N, D]` that may be owned by a layer. */
export const encoderOption: Option<tfl.LayersModel> = custom((name, value) => {
  const encoder = checkEncoder(`option ${name}`, value as tfl.LayersModel);
  if (encoder.stateful)
    throw new ArgumentError(
      `option ${name}`,
      'a model without a state',
      'a stateful one',
      'Each pass would begin where the pass of another view ended.',
    );
  if (encoder.outputs[0].shape[1] === 1)
    throw new ArgumentError(
      `option ${name}`,
      'a model of at least two outputs',
      'one of a single number',
      'Scaled to length 1, it is 1 or -1 for each image: cut its classifier off with removeHead().',
    );
  const [{ shape, dtype }] = encoder.inputs;
  if (shape.length === 4 && dtype !== 'float32')
    throw new ArgumentError(
      `option ${name}`,
      'a model of float32 images',
      `one of ${dtype}`,
      'TensorFlow.js would cut off the fractions of views.',
    );
  return encoder;
});
