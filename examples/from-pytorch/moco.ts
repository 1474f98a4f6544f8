import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { batchNormalization, memoryQueue, momentumEncoder, projectionHead } from 'tfjs-nonsemantic-negatives';
import type { StoredTensors } from '../support/safetensors';
import { architectures, restoreResNet } from './resNet';
import { StateDict } from './stateDict';

/** How `restoreMoco` builds the models. */
export interface RestoreOptions {
  /** `[height, width, channels]` of one image. */
  inputShape: number[];

  /** Negatives per image when training continues. */
  negatives: number;
}

/** A checkpoint of MoCo as models of this package. */
export interface RestoredMoco {
  /** The query encoder without its head: images to features. */
  backbone: tfl.LayersModel;

  /** `[query, key, …negatives]` to similarities; absent if the checkpoint has the query encoder only. */
  training?: tfl.LayersModel;
}

/** Builds the models that a checkpoint of MoCo holds. @throws Error that names the tensor that does not fit. */
export function restoreMoco({ metadata, tensors }: StoredTensors, options: RestoreOptions): RestoredMoco {
  const form = architectures[metadata.arch];
  if (!form) throw new Error(`Expected ${Object.keys(architectures).join(' or ')}, received ${metadata.arch}.`);
  const { inputShape, negatives } = options;
  const state = new StateDict(tensors);

  const backbone = form.make({ inputShape, batchNormalization });
  const mlp = state.has('encoder_q.fc.2.weight');
  const [units] = state.shapeOf(`encoder_q.fc.${mlp ? '2.' : ''}weight`);
  const encoder = projectionHead(backbone, { units, ...(mlp ? {} : { hiddenUnits: [] }) });
  restoreResNet(encoder, state, 'encoder_q.', form);

  if (!state.has('queue')) {
    state.checkAllTaken();
    return { backbone };
  }
  const names = ['query', 'key', ...Array.from({ length: negatives }, (_, i) => `negative_${i}`)];
  const inputs = names.map((name) => tfl.input({ name, shape: inputShape }));
  const embed = momentumEncoder({ encoder });
  const size = state.shapeOf('queue')[1];
  const queue = memoryQueue({ size });
  const outputs = queue.apply(embed.apply(inputs)) as tfl.SymbolicTensor;

  restoreResNet(embed.keyEncoder, state, 'encoder_k.', form);
  tf.tidy(() => {
    const rows = tf.transpose(state.take('queue', [units, size]));
    queue.setWeights([rows, tf.reshape(state.take('queue_ptr', [1]), [])]);
  });
  state.checkAllTaken();
  return { backbone, training: tfl.model({ inputs, outputs }) };
}
