import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

type Args = Record<string, unknown>;
type Config = tf.serialization.ConfigDict;

/** As users of TensorFlow.js write a layer: fields out of options, a `call`. */
abstract class Custom extends tfl.layers.Layer {
  constructor(args: Args = {}) {
    super(args as never);
  }
  abstract compute(x: tf.Tensor): tf.Tensor;
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return this.compute(Array.isArray(inputs) ? inputs[0] : inputs);
  }
}

class Omits extends Custom {
  static className = 'Omits';
  scale: number;
  constructor(args: Args) {
    super(args);
    this.scale = (args.scale as number) ?? 1;
  }
  compute(x: tf.Tensor) {
    return tf.mul(x, this.scale);
  }
}

class Changes extends Omits {
  static override className = 'Changes';
  override getConfig(): Config {
    return { ...super.getConfig(), scale: Math.abs(this.scale) };
  }
}

class Complete extends Omits {
  static override className = 'Complete';
  override getConfig(): Config {
    return { ...super.getConfig(), scale: this.scale };
  }
}

class Renames extends Custom {
  static className = 'Renames';
  private readonly factor_: number;
  constructor({ scale, ...args }: Args) {
    super(args);
    this.factor_ = (scale as number) ?? 1;
  }
  compute(x: tf.Tensor) {
    return tf.mul(x, this.factor_);
  }
}

class KeepsArgs extends Custom {
  static className = 'KeepsArgs';
  constructor(readonly options: Args) {
    super(options);
  }
  compute(x: tf.Tensor) {
    return tf.mul(x, (this.options.scale as number) ?? 1);
  }
}

class KeepsArgsWhole extends KeepsArgs {
  static override className = 'KeepsArgsWhole';
  override getConfig(): Config {
    return { ...super.getConfig(), scale: this.options.scale as number };
  }
}

class KeepsRange extends Custom {
  static className = 'KeepsRange';
  range: { to: number };
  constructor(args: Args) {
    super(args);
    this.range = (args.range as { to: number }) ?? { to: 1 };
  }
  compute(x: tf.Tensor) {
    return tf.mul(x, this.range.to);
  }
}

class Lambda extends Custom {
  static className = 'Lambda';
  fn: (x: tf.Tensor) => tf.Tensor;
  constructor(args: Args) {
    super(args);
    this.fn = (args.fn as (x: tf.Tensor) => tf.Tensor) ?? ((x) => x);
  }
  compute(x: tf.Tensor) {
    return this.fn(x);
  }
  override getConfig(): Config {
    return { ...super.getConfig(), fn: this.fn as never };
  }
}

class Positional extends Custom {
  static className = 'Positional';
  constructor(readonly scale: number) {
    super({});
  }
  compute(x: tf.Tensor) {
    return tf.mul(x, Number(this.scale) || 1);
  }
}

/** Fields that say what happened to a layer, not what it is. */
class Counts extends Custom {
  static className = 'Counts';
  calls = 0;
  lastShape?: number[];
  seen: number[] = [];
  cache: { [key: string]: number } = {};
  width = 0;
  helper = (x: tf.Tensor) => tf.tanh(x);
  override build(shape: tfl.Shape) {
    this.width = shape[1] as number;
    this.built = true;
  }
  compute(x: tf.Tensor) {
    this.calls++;
    this.lastShape = x.shape;
    this.seen.push(x.size);
    this.cache[x.shape.join()] = this.calls;
    return this.helper(x);
  }
}

/** Draws what its config does not tell, in its constructor. */
class Draws extends Custom {
  static className = 'Draws';
  readonly seed: number;
  constructor(args: Args) {
    super(args);
    this.seed = (args.seed as number) ?? Math.random();
  }
  compute(x: tf.Tensor) {
    return tf.clone(x);
  }
}

/** As in tfjs-examples' custom-layer: the constructor hands on nothing, not even the name. */
export class Antirectifier extends Custom {
  static className = 'Antirectifier';
  constructor() {
    super({});
    this.supportsMasking = true;
  }
  override computeOutputShape(shape: tfl.Shape) {
    return [shape[0], 2 * (shape[1] as number)];
  }
  compute(x: tf.Tensor) {
    const centered = tf.sub(x, tf.mean(x, 1, true));
    return tf.concat([tf.relu(centered), tf.relu(tf.neg(centered))], 1);
  }
}

/** Loses its name, and has a weight. */
class Bias extends Custom {
  static className = 'Bias';
  private bias?: tfl.LayerVariable;
  constructor() {
    super({});
  }
  override build(shape: tfl.Shape) {
    this.bias = this.addWeight('bias', [shape[1]], 'float32', tfl.initializers.randomNormal({}));
    this.built = true;
  }
  compute(x: tf.Tensor) {
    return tf.add(x, this.bias!.read());
  }
  override getConfig(): Config {
    return {};
  }
}

/** Holds layers, one of them in two fields. */
class Composite extends Custom {
  static className = 'Composite';
  readonly first: tfl.layers.Layer;
  readonly all: tfl.layers.Layer[];
  constructor(args: Args) {
    super(args);
    this.first = tfl.layers.dense({ units: 4, name: `${args.name ?? 'composite'}_dense`, inputShape: [4] });
    this.all = [this.first];
  }
  override build(shape: tfl.Shape) {
    this.first.build(shape);
    this.built = true;
  }
  override get trainableWeights() {
    return this.first.trainableWeights;
  }
  compute(x: tf.Tensor) {
    return this.first.apply(x) as tf.Tensor;
  }
}

/** Leaves its inner layers to their first call. */
export class Lazy extends Custom {
  static className = 'Lazy';
  readonly inner = tfl.layers.dense({ units: 4, name: 'inner' });
  readonly weightless = tfl.layers.reLU();
  compute(x: tf.Tensor) {
    return this.weightless.apply(this.inner.apply(x)) as tf.Tensor;
  }
}

/** Its inner layer has no weights, and is built in a call. */
class LazyWeightless extends Custom {
  static className = 'LazyWeightless';
  readonly weightless = tfl.layers.reLU();
  compute(x: tf.Tensor) {
    return this.weightless.apply(x) as tf.Tensor;
  }
}

for (const layerClass of [
  ...[Omits, Changes, Complete, Renames, KeepsArgs, KeepsArgsWhole, KeepsRange, Lambda, Positional, Counts, Draws],
  ...[Antirectifier, Bias, Composite, Lazy, LazyWeightless],
])
  tf.serialization.registerClass(layerClass as never);

export interface CustomCase {
  make(): tfl.layers.Layer[];
  /** What the message says; none if the copy is equal. */
  refused?: string;
}

const refused = (layer: string, field: string, copy: string, value: string, hint: string) =>
  `${layer}, whose copy has the ${field} ${copy} in place of ${value}. ${hint}`;

/** Layers from vectors of 4, in the middle of an encoder. */
export const customLayers: Record<string, CustomCase> = {
  'an option that getConfig() omits': {
    make: () => [new Omits({ scale: -3, name: 'scaled' })],
    refused: refused('layer scaled (Omits)', 'scale', '1', '-3', 'Let getConfig() return scale, too.'),
  },
  'an option that it omits, at its default': { make: () => [new Omits({})] },
  'an option that it changes': {
    make: () => [new Changes({ scale: -3, name: 'changed' })],
    refused: refused('layer changed (Changes)', 'scale', '3', '-3', 'Let getConfig() return scale, too.'),
  },
  'an option that it returns': { make: () => [new Complete({ scale: -3 })] },
  'a field of another name': {
    make: () => [new Renames({ scale: 2, name: 'renamed' })],
    refused: refused('layer renamed (Renames)', 'factor_', '1', '2', 'Let getConfig() return scale, too.'),
  },
  'a field that holds all options': {
    make: () => [new KeepsArgs({ scale: 2, name: 'kept' })],
    refused: refused('layer kept (KeepsArgs)', 'options.scale', 'undefined', '2', 'Let getConfig() return scale, too.'),
  },
  'a field that holds all options, which it returns': { make: () => [new KeepsArgsWhole({ scale: 2, name: 'kept' })] },
  'an object as an option': {
    make: () => [new KeepsRange({ range: { to: 3 }, name: 'ranged' })],
    refused: refused(
      'layer ranged (KeepsRange)',
      'range',
      '{"to":1}',
      '{"to":3}',
      'Let getConfig() return range, too.',
    ),
  },
  'a function': {
    make: () => [new Lambda({ fn: (x: tf.Tensor) => tf.mul(x, 2), name: 'lambda' })],
    refused: 'in place of function fn. JSON keeps no function: make it a method.',
  },
  'a constructor that takes no object': {
    make: () => [new Positional(3)],
    refused: 'in place of 3. Its constructor has to take one object, which getConfig() returns.',
  },
  'counters and caches': { make: () => [new Counts()] },
  'a seed that it draws': { make: () => [new Draws({})] },
  'two layers without a name': { make: () => [new Antirectifier(), new Antirectifier()] },
  'two layers without a name, with weights': {
    make: () => [new Bias(), tfl.layers.activation({ activation: 'tanh' }), new Bias()],
  },
  'a layer that is built in a call': {
    make: () => [new Lazy({})],
    refused: 'received layer inner (Dense), which is built in one.',
  },
  'a layer without weights that is built in a call': { make: () => [new LazyWeightless({})] },
  'a layer of layers': { make: () => [new Composite({}), new Composite({})] },
};
