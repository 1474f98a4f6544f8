import * as tfl from '@tensorflow/tfjs-layers';
import { boolean, integer, number, optional, readOptions, text } from '../support/options';
import { batchSimilarities } from './batchSimilarities';
import { encoderOption } from './layerArgs';
import { memoryQueue } from './memoryQueue';
import { hasBatchNormalization } from './models/hasBatchNormalization';
import { buildSequentials } from './models/modelConfig';
import { normalizeOutput } from './models/outputNormalization';
import { momentumEncoder } from './momentumEncoder';

/** The encoder, and what its embeddings are compared with. */
export interface ContrastiveModelArgs {
  /** From images to embeddings `[N, D]`. Trained as it is; not copied. */
  encoder: tfl.LayersModel;
  /** Number of non-semantic negatives of each image, M: inputs `negative_0` … `negative_{M-1}`. @default 0 */
  negatives?: number;
  /**
   * Number of keys in the memory queue, K: at least a batch. 0 compares with the other keys of the batch instead.
   * @default 4096
   */
  queueSize?: number;
  /**
   * Share of the key encoder's weights that a step keeps, 0 … 1.
   * @default 0.99 with a queue; without one the encoder itself embeds keys and negatives, and they have a gradient
   */
  momentum?: number;
  /**
   * Whether the first batch fills the queue, so that the loss does not rise until it is full; see `memoryQueue`.
   * @default false
   */
  warmStart?: boolean;
  /**
   * Whether batch normalization without scale and center follows the encoder, which keeps the embeddings of a batch
   * apart; a batch of one image then trains nothing. It is part of this model: the encoder itself stays as it is.
   * @default whether the encoder holds no batch normalization
   */
  normalizeOutput?: boolean;
  /** Seed of the queue's initial rows. @default 0 */
  seed?: number;
  /** The model's name. @default chosen by tfjs */
  name?: string;
}

export const contrastiveModelOptions = {
  encoder: encoderOption,
  negatives: integer({ min: 0, default: 0 }),
  queueSize: integer({ min: 0, max: 2 ** 24, default: 4096 }),
  momentum: optional(number({ min: 0, max: 1 })),
  warmStart: boolean({ default: false }),
  normalizeOutput: optional(boolean()),
  seed: number({ default: 0 }),
  name: optional(text()),
};

/**
 * Makes the model that a contrastive dataset trains: inputs `query`, `key`, `negative_0`, …, each of the encoder's
 * input shape, and similarities `[N, 1 + K + M]` for `nonSemanticInfoNCE`.
 *
 * With a queue it is `memoryQueue` on `momentumEncoder` (MoCo), without one `batchSimilarities` on the encoder
 * (SimCLR): compose these layers yourself where you need another model. The output of an encoder without batch
 * normalization is normalized first.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function contrastiveModel(args: ContrastiveModelArgs): tfl.LayersModel {
  const options = readOptions('contrastiveModel', args, contrastiveModelOptions);
  const { negatives, queueSize, warmStart, seed, name } = options;
  const momentum = options.momentum ?? (queueSize > 0 ? 0.99 : undefined);
  buildSequentials(options.encoder);
  const isNormalized = options.normalizeOutput ?? !hasBatchNormalization(options.encoder);
  const encoder = isNormalized ? normalizeOutput(options.encoder) : options.encoder;
  const [{ shape, dtype }] = encoder.inputs;
  const names = ['query', 'key', ...Array.from({ length: negatives }, (_, m) => `negative_${m}`)];
  const inputs = names.map((name) => tfl.input({ name, shape: shape.slice(1), dtype: dtype as 'float32' }));
  const embeddings =
    momentum === undefined
      ? inputs.map((input) => encoder.apply(input) as tfl.SymbolicTensor)
      : momentumEncoder({ encoder, momentum }).apply(inputs);
  const head = queueSize > 0 ? memoryQueue({ size: queueSize, warmStart, seed }) : batchSimilarities();
  return tfl.model({ inputs, outputs: head.apply(embeddings), ...(name === undefined ? {} : { name }) });
}
