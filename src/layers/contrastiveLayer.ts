import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { registerContrastive } from './compile';
import { buildSequentials } from './models/modelConfig';
import { regularizerLosses } from './models/regularizerLosses';

/** How many layers own a variable. */
const owners = new WeakMap<tf.Variable, number>();

/** Held in a constant: to extend a property of a module is a side effect to bundlers. */
const Layer = /* @__PURE__ */ (() => tfl.layers.Layer)();

/**
 * Base of this package's layers: has one output, and answers for the models it owns whatever TensorFlow.js asks of a
 * container.
 */
export abstract class ContrastiveLayer extends Layer {
  private ownedVariables: tf.Variable[] = [];

  /** Models of this layer that an optimizer trains. */
  protected get trainedModels(): readonly tfl.LayersModel[] {
    return [];
  }

  /** Models of this layer that no optimizer trains. */
  protected get targetModels(): readonly tfl.LayersModel[] {
    return [];
  }

  /** Takes over the models; to be called once `trainedModels` and `targetModels` exist. */
  protected ownModels(trainable = true): void {
    for (const model of this.trainedModels) buildSequentials(model);
    if (!trainable) this.trainable = false;
    this.ownedVariables = this.modelWeights().map((weight) => weight.read() as tf.Variable);
    for (const variable of this.ownedVariables) owners.set(variable, (owners.get(variable) ?? 0) + 1);
  }

  private modelWeights(): tfl.LayerVariable[] {
    return unique([...this.trainedModels, ...this.targetModels].flatMap(({ weights }) => weights));
  }

  /** Applies the layer to symbolic inputs, or to tensors. */
  override apply(
    inputs: tfl.SymbolicTensor | tfl.SymbolicTensor[],
    kwargs?: { training?: boolean },
  ): tfl.SymbolicTensor;
  override apply(inputs: tf.Tensor | tf.Tensor[], kwargs?: { training?: boolean }): tf.Tensor;
  override apply(
    inputs: tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[],
    kwargs?: { training?: boolean },
  ): tf.Tensor | tfl.SymbolicTensor;
  override apply(
    inputs: tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[],
    kwargs?: { training?: boolean },
  ): tf.Tensor | tfl.SymbolicTensor {
    registerContrastive(this);
    return super.apply(inputs, kwargs) as tf.Tensor | tfl.SymbolicTensor;
  }

  /** Whether the layer and its models are trained; as with a model, setting it sets the flag of each weight below. */
  override get trainable(): boolean {
    return super.trainable;
  }
  override set trainable(trainable: boolean) {
    super.trainable = trainable;
    for (const model of this.trainedModels) model.trainable = trainable;
  }

  /** The layer's own trainable weights and those of the models that it trains. */
  override get trainableWeights(): tfl.LayerVariable[] {
    if (!this.trainable) return [];
    return unique([...super.trainableWeights, ...this.trainedModels.flatMap((model) => model.trainableWeights)]);
  }

  /** Weights that no optimizer changes, those of the target models among them. */
  override get nonTrainableWeights(): tfl.LayerVariable[] {
    const models = this.trainedModels;
    return unique([
      ...super.nonTrainableWeights,
      ...(this.trainable ? [] : models.flatMap((model) => model.trainableWeights)),
      ...models.flatMap((model) => model.nonTrainableWeights),
      ...this.targetModels.flatMap(({ weights }) => weights),
    ]);
  }

  /** Penalties of the trained models' regularizers, as TensorFlow.js counts those of a nested model. */
  override calculateLosses(): tf.Scalar[] {
    return tf.tidy(() => [...super.calculateLosses(), ...this.trainedModels.flatMap(regularizerLosses)]);
  }

  /** Updates of the layer and of the models that it trains. */
  override get updates(): tf.Tensor[] {
    return [...super.updates, ...this.trainedModels.flatMap((model) => model.updates)];
  }

  /** Finds a layer of the owned models by its name. @throws Error if there is none. */
  getLayer(name: string): tfl.layers.Layer {
    const models = [...this.trainedModels, ...this.targetModels];
    const found = models.flatMap(({ layers }) => layers).find((layer) => layer.name === name);
    if (!found) throw new Error(`No such layer: ${name}`);
    return found;
  }

  /** Frees the weights; those of a model go with the last layer that owns it. */
  protected override disposeWeights(): number {
    const ofModels = new Set(this.ownedVariables);
    const own = this.weights.map((weight) => variableOfAny(weight)).filter((variable) => !ofModels.has(variable));
    const released = this.ownedVariables.filter((variable) => {
      const left = (owners.get(variable) ?? 1) - 1;
      owners.set(variable, left);
      return left === 0;
    });
    this.ownedVariables = [];
    const alive = [...own, ...released].filter(({ isDisposed }) => !isDisposed);
    for (const variable of alive) variable.dispose();
    return alive.length;
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    // The models exist before the layer is built.
    if (!this.built) return { refCountAfterDispose: 0, numDisposedVariables: this.disposeWeights() };
    return super.dispose();
  }
}

/** Returns the variable, even a disposed one, for which `LayerVariable.read` throws. */
const variableOfAny = (weight: tfl.LayerVariable) => (weight as unknown as { val: tf.Variable }).val;

const unique = <T>(values: T[]): T[] => [...new Set(values)];
