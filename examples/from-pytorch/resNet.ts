import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { resNet18, resNet50 } from 'tfjs-nonsemantic-negatives';
import type { StateDict } from './stateDict';

/** A ResNet of torchvision: how to make it here, blocks a stage, convolutions a block. */
export interface Architecture {
  make: typeof resNet50;
  depths: number[];
  convolutions: number;
}

export const architectures: { [name: string]: Architecture } = {
  resnet18: { make: resNet18, depths: [2, 2, 2, 2], convolutions: 2 },
  resnet50: { make: resNet50, depths: [3, 4, 6, 3], convolutions: 3 },
};

/** torchvision's names of each convolution and the batch normalization behind it, in the order of the forward pass. */
function* layerNames({ depths, convolutions }: Architecture): Generator<[string, string]> {
  yield ['conv1', 'bn1'];
  for (const [stage, depth] of depths.entries()) {
    for (let block = 0; block < depth; block++) {
      const name = `layer${stage + 1}.${block}`;
      for (let i = 1; i <= convolutions; i++) yield [`${name}.conv${i}`, `${name}.bn${i}`];
      // Where the block changes the shape; behind max-pooling only bottlenecks do.
      const changes = block === 0 && (stage > 0 || convolutions === 3);
      if (changes) yield [`${name}.downsample.0`, `${name}.downsample.1`];
    }
  }
}

/** Sets all weights of a ResNet with a head on top from the tensors under `prefix`, such as `encoder_q.`. */
export function restoreResNet(encoder: tfl.LayersModel, state: StateDict, prefix: string, form: Architecture): void {
  const convolutions = layersInOrder(encoder, 'Conv2D');
  const norms = layersInOrder(encoder, 'BatchNormalization');
  for (const [i, [convolution, norm]] of [...layerNames(form)].entries()) {
    restoreConvolution(convolutions[i], state, prefix + convolution);
    restoreBatchNormalization(norms[i], state, prefix + norm);
  }
  const dense = layersInOrder(encoder, 'Dense');
  // The multilayer perceptron of MoCo v2, or the one layer of v1.
  const names = dense.length === 2 ? ['fc.0', 'fc.2'] : ['fc'];
  for (const [i, name] of names.entries()) restoreDense(dense[i], state, prefix + name);
}

/** In order of creation, by tfjs's numbers; `model.layers` is sorted by depth. */
function layersInOrder(model: tfl.LayersModel, className: string): tfl.layers.Layer[] {
  const number = ({ name }: tfl.layers.Layer) => Number(/\d+$/.exec(name)![0]);
  const layers = model.layers.filter((layer) => layer.getClassName().endsWith(className));
  return layers.sort((a, b) => number(a) - number(b));
}

function restoreConvolution(layer: tfl.layers.Layer, state: StateDict, name: string): void {
  const [height, width, channels, filters] = layer.getWeights()[0].shape;
  tf.tidy(() => {
    const kernel = state.take(`${name}.weight`, [filters, channels, height, width]);
    layer.setWeights([tf.transpose(kernel, [2, 3, 1, 0])]);
  });
}

function restoreBatchNormalization(layer: tfl.layers.Layer, state: StateDict, name: string): void {
  const [{ shape }] = layer.getWeights();
  tf.tidy(() => {
    const parts = ['weight', 'bias', 'running_mean', 'running_var'];
    layer.setWeights(parts.map((part) => state.take(`${name}.${part}`, shape)));
  });
}

function restoreDense(layer: tfl.layers.Layer, state: StateDict, name: string): void {
  const [inputs, units] = layer.getWeights()[0].shape;
  tf.tidy(() => {
    const kernel = tf.transpose(state.take(`${name}.weight`, [units, inputs]));
    layer.setWeights([kernel, state.take(`${name}.bias`, [units])]);
  });
}
