import type { io } from '@tensorflow/tfjs-core';
import { nameArchitecture } from './nameArchitecture';

/** Inputs, filters, kernel size and stride of a convolution. */
type Convolution = [number, number, number, number];

/** What PyTorch needs to build the encoder and the queue; see encoder.py. */
export interface Form {
  /** torchvision's name of a ResNet, else the function that makes such an encoder here. */
  arch: string;
  /** Height and width of the input. */
  size: [number, number];
  /** Parts of a batch that are normalized each by itself. */
  splits: number;
  stem: Convolution[];
  /** Whether the stem ends with max-pooling. */
  pool: boolean;
  stages: { convolutions: Convolution[]; shortcut: Convolution | null }[][];
  /** Inputs and units of each dense layer. */
  head: [number, number][];
  queue: number;
  /** Share of the key encoder that a step keeps. */
  momentum: number;
}

/** How the model is built in PyTorch, and the name there of each weight here. */
export interface Translation {
  form: Form;
  /** From names in the artifacts to PyTorch's, without optimizer. */
  names: Map<string, string>;
}

interface Layer {
  class_name: string;
  config: { name: string; strides?: number[]; splits?: number };
}

const byNumber = (a: Layer, b: Layer) => numberOf(a) - numberOf(b);
const numberOf = ({ config }: Layer) => Number(/\d+$/.exec(config.name)?.[0]);

/** Reads the encoder off a saved training. @throws Error for a model that is no MoCo of this package's encoders. */
export function translate(artifacts: io.ModelArtifacts): Translation {
  const shapes = new Map(artifacts.weightSpecs!.map(({ name, shape }) => [name, shape]));
  // biome-ignore lint/suspicious/noExplicitAny: a config is JSON.
  const { layers } = (artifacts.modelTopology as any).config;
  const average = layers.find((layer: Layer) => layer.class_name === 'NonSemanticMomentumEncoder')?.config;
  const queue = layers.find((layer: Layer) => layer.class_name === 'NonSemanticMemoryQueue')?.config;
  if (!average || !queue) throw new Error('Expected a model of momentumEncoder and memoryQueue, received another.');

  const inner = layersOf(average.encoder);
  const ofClass = (name: string) => inner.filter((layer) => layer.class_name.endsWith(name)).sort(byNumber);
  const [convs, norms, dense] = [ofClass('Conv2D'), ofClass('BatchNormalization'), ofClass('Dense')];
  if (norms.length !== convs.length || dense.length === 0)
    throw new Error(`Expected a batch normalization a convolution and a head, received ${convs.length} convolutions, \
${norms.length} batch normalizations and ${dense.length} dense layers.`);
  const splits = [...new Set(norms.map(({ config }) => config.splits ?? 1))];
  if (splits.length > 1) throw new Error(`Expected the same splits in all layers, received ${splits.join(' and ')}.`);
  const shapeOf = ({ config }: Layer): Convolution => {
    const [kernel, , inputs, filters] = shapes.get(`${config.name}/kernel`)!;
    return [inputs, filters, kernel, config.strides![0]];
  };

  const { form, places } = arrange(convs.map(shapeOf), inner);
  const names = new Map<string, string>();
  const add = (layer: Layer, weight: string, name: string) => {
    for (const [here, there] of [
      ['', 'encoder_q.'],
      ['key_', 'encoder_k.'],
    ])
      names.set(`${here}${layer.config.name}/${weight}`, there + name);
  };
  places.forEach(([conv, norm], i) => {
    add(convs[i], 'kernel', `${conv}.weight`);
    const parts = { gamma: 'weight', beta: 'bias', moving_mean: 'running_mean', moving_variance: 'running_var' };
    for (const [here, there] of Object.entries(parts)) add(norms[i], here, `${norm}.${there}`);
  });
  dense.forEach((layer, i) => {
    const name = dense.length === 1 ? 'fc' : `fc.${2 * i}`;
    add(layer, 'kernel', `${name}.weight`);
    add(layer, 'bias', `${name}.bias`);
  });
  names.set(`${queue.name}/queue`, 'queue').set(`${queue.name}/pointer`, 'queue_ptr');
  for (const { name, group } of artifacts.weightSpecs!)
    if (group !== 'optimizer' && !names.has(name)) throw new Error(`Expected no further weight, received ${name}.`);
  for (const name of names.keys()) if (!shapes.has(name)) throw new Error(`Expected a weight ${name}, received none.`);

  const head = dense.map(({ config }) => shapes.get(`${config.name}/kernel`) as [number, number]);
  const [size] = shapes.get(`${queue.name}/queue`)!;
  const shape = layers.find((layer: Layer) => layer.class_name === 'InputLayer').config.batch_input_shape;
  const settings = { arch: nameArchitecture(form), size: shape.slice(1, 3), splits: splits[0] };
  return { form: { ...settings, ...form, head, queue: size, momentum: average.momentum }, names };
}

/** The layers of a model within a model too, as a head on a backbone may be. */
function layersOf(model: { config?: { layers: Layer[] }; layers?: Layer[] }): Layer[] {
  const layers = model.config?.layers ?? model.layers ?? [];
  // biome-ignore lint/suspicious/noExplicitAny: a config is JSON.
  return layers.flatMap((layer: any) => (layer.config?.layers ? layersOf(layer) : [layer]));
}

/** Puts the convolutions, in the order of their creation, into stem and blocks, with torchvision's names. */
function arrange(convs: Convolution[], layers: Layer[]) {
  const count = (name: string) => layers.filter((layer) => layer.class_name === name).length;
  const pool = count('MaxPooling2D') > 0;
  const blocks = count('Add');
  const stages: Form['stages'] = [];
  const places: [string, string][] = [];
  const stem = blocks === 0 ? convs : convs.slice(0, 1);
  for (let i = 1; i <= stem.length; i++) places.push([`conv${i}`, `bn${i}`]);
  let next = stem.length;
  for (let block = 0; block < blocks; block++) {
    const depth = convs[next][2] === 1 ? 3 : 2;
    const convolutions = convs.slice(next, next + depth);
    const stride = Math.max(...convolutions.map((shape) => shape[3]));
    const isNewShape = stride > 1 || convolutions[0][0] !== convolutions[depth - 1][1];
    next += depth;
    const shortcut = isNewShape ? convs[next++] : null;
    if (block === 0 || isNewShape) stages.push([]);
    const stage = stages[stages.length - 1];
    const name = `layer${stages.length}.${stage.length}`;
    for (let i = 1; i <= depth; i++) places.push([`${name}.conv${i}`, `${name}.bn${i}`]);
    if (shortcut) places.push([`${name}.downsample.0`, `${name}.downsample.1`]);
    stage.push({ convolutions, shortcut });
  }
  if (next !== convs.length) throw new Error(`Expected ${next} convolutions, received ${convs.length}.`);
  return { form: { stem, pool, stages }, places };
}
