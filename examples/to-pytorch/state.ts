import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor, StoredTensors } from '../support/safetensors';
import { translate } from './form';

type Spec = tf.io.WeightsManifestEntry;

/** Names of the figures beside the tensors. */
const place = ['epoch', 'batch', 'batch_size', 'step', 'learningRate'];

/** The weights and velocities of a saved training, in PyTorch's names and layouts. */
export function toStored(artifacts: tf.io.ModelArtifacts): StoredTensors {
  const { form, names } = translate(artifacts);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of Object.entries(decode(artifacts))) {
    const target = targetOf(name, names);
    if (target) tensors.set(target, stored(tf.tidy(() => toTorch(tensor, target))));
    if (!tensor.isDisposed) tensor.dispose();
  }
  const { epoch, batch, step, learningRate, data } = stateOf(artifacts);
  const figures = [epoch, batch, data?.batchSize ?? 0, step, learningRate];
  const metadata = Object.fromEntries(place.map((name, i) => [name, `${figures[i]}`]));
  return { metadata: { form: JSON.stringify(form), ...metadata }, tensors };
}

/**
 * A saved training with the weights, velocities, place and learning rate that PyTorch came to. The place in the epoch is
 * counted in batches of this training's size.
 *
 * @throws Error that names a tensor that is missing or misshapen.
 */
export function fromStored(
  artifacts: tf.io.ModelArtifacts,
  { metadata, tensors }: StoredTensors,
): tf.io.ModelArtifacts {
  const { names } = translate(artifacts);
  const weightSpecs = withVelocities(artifacts.weightSpecs!, (name) => tensors.has(targetOf(name, names)!));
  const pieces = weightSpecs.map(({ name, shape }) => {
    if (name === 'iter') return Int32Array.of(Number(metadata.step)).buffer;
    const target = targetOf(name, names)!;
    const found = tensors.get(target);
    if (!found) throw new Error(`Expected a tensor ${target}, received none.`);
    const weight = tf.tidy(() => {
      const dtype = found.values instanceof Int32Array ? 'int32' : 'float32';
      const tensor = fromTorch(tf.tensor(found.values, found.shape, dtype));
      const scalar = shape.length === 0 ? tf.reshape(tensor, []) : tensor;
      if (String(scalar.shape) !== String(shape))
        throw new Error(`Expected shape [${shape.join(', ')}] for ${target}, received [${scalar.shape.join(', ')}].`);
      return scalar;
    });
    const { values } = stored(weight);
    return values.buffer as ArrayBuffer;
  });
  const [epoch, batches, size, step, learningRate] = place.map((name) => Number(metadata[name]));
  const trained = stateOf(artifacts);
  const own = trained.data?.batchSize;
  const batch = own && size ? Math.floor((batches * size) / own) : batches;
  const state = { ...trained, epoch, batch, step, learningRate };
  return {
    ...artifacts,
    weightSpecs,
    weightData: tf.io.CompositeArrayBuffer.join(pieces),
    userDefinedMetadata: { ...artifacts.userDefinedMetadata, nonSemanticTraining: state },
  };
}

/** Adds the velocities that the first steps in PyTorch have made. */
function withVelocities(specs: Spec[], isThere: (name: string) => boolean): Spec[] {
  const names = new Set(specs.map(({ name }) => name));
  const weights = specs.filter(({ group }) => group !== 'optimizer');
  const velocities = weights.map(
    (spec, i): Spec => ({ ...spec, name: `${i}/${spec.name}/velocity`, group: 'optimizer' }),
  );
  return [...specs, ...velocities.filter(({ name }) => !names.has(name) && isThere(name))];
}

interface State {
  epoch: number;
  batch: number;
  step: number;
  learningRate: number | null;
  optimizer: string;
  data: { batchSize: number | null } | null;
}

function stateOf(artifacts: tf.io.ModelArtifacts): State {
  const state = artifacts.userDefinedMetadata?.nonSemanticTraining as State | undefined;
  if (state?.optimizer !== 'NonSemanticSGD')
    throw new Error(`Expected a training with sgd(), received one with ${state?.optimizer}.`);
  return state;
}

/** Velocities are called `<number>/<weight>/velocity` here and `velocity.<weight>` there. */
function targetOf(name: string, names: Map<string, string>): string | undefined {
  const weight = /^\d+\/(.*)\/velocity$/.exec(name)?.[1];
  return weight ? `velocity.${names.get(weight)}` : names.get(name);
}

function decode({ weightSpecs, weightData }: tf.io.ModelArtifacts): tf.NamedTensorMap {
  return tf.io.decodeWeights(tf.io.CompositeArrayBuffer.join(weightData), weightSpecs!);
}

function toTorch(x: tf.Tensor, name: string): tf.Tensor {
  if (name === 'queue_ptr') return tf.reshape(x, [1]);
  return x.rank === 4 ? tf.transpose(x, [3, 2, 0, 1]) : x.rank === 2 ? tf.transpose(x) : x;
}

function fromTorch(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? tf.transpose(x, [2, 3, 1, 0]) : x.rank === 2 ? tf.transpose(x) : x;
}

/** Reads and disposes a tensor. */
function stored(x: tf.Tensor): StoredTensor {
  const values = x.dataSync().slice() as Float32Array | Int32Array;
  x.dispose();
  return { shape: x.shape, values };
}
