import * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../../support/checkModel';
import { checkFunction, checkNames, checkNumber, checkText } from '../../support/errors';
import { connect, layerSeed, relu } from '../blocks';
import { type BatchNormalizationFactory, checkSizes } from '../encoderArgs';

/** Options of `projectionHead`. */
export interface ProjectionHeadArgs {
  /** Width of the embedding. @default 128 */
  units?: number;

  /** Widths of the hidden layers; `[]` is the linear head of MoCo v1. @default [the backbone's width] */
  hiddenUnits?: number[];

  /** Makes a batch normalization in front of each hidden ReLU, as in BYOL's heads. @default none, as in MoCo v2 */
  batchNormalization?: BatchNormalizationFactory;

  /** The head's initial weights are a function of this integer and the widths. @default 0 */
  seed?: number;

  /** The model's name. @default chosen by tfjs */
  name?: string;
}

/**
 * The backbone with a projection head on top (MoCo v2's MLP: dense, ReLU, …, dense), as one model from the backbone's
 * input to embeddings `[N, units]`, not normalized. It shares the backbone's layers: train this model, then take
 * features from the backbone.
 *
 * Weights and biases start uniform in ±1/√(fan in), as PyTorch's linear layers do.
 *
 * @param backbone A model of one image input and one output `[N, D]`.
 * @throws ArgumentError if the backbone has another form, or an option is not as described.
 */
export function projectionHead(backbone: tfl.LayersModel, args: ProjectionHeadArgs = {}): tfl.LayersModel {
  checkNames('projectionHead', args, ['units', 'hiddenUnits', 'batchNormalization', 'seed', 'name']);
  const width = checkEncoder('input backbone', backbone).outputs[0].shape[1] as number;
  const { batchNormalization, name } = args;
  if (batchNormalization !== undefined) checkFunction('batchNormalization', batchNormalization);
  if (name !== undefined) checkText('name', name);
  const seed = checkNumber('seed', args.seed ?? 0, { integer: true });
  const units = checkNumber('units', args.units ?? 128, { min: 1, integer: true });
  const hiddenUnits = checkSizes('hiddenUnits', args.hiddenUnits ?? [width], 0);

  let x = backbone.outputs[0];
  [...hiddenUnits, units].forEach((size, depth) => {
    const hidden = depth < hiddenUnits.length;
    const bound = 1 / Math.sqrt(x.shape[1] as number);
    const initializer = (part: string) =>
      tfl.initializers.randomUniform({ minval: -bound, maxval: bound, seed: layerSeed(seed, part, depth) });
    const dense = tfl.layers.dense({
      units: size,
      useBias: !(hidden && batchNormalization),
      kernelInitializer: initializer('kernel'),
      biasInitializer: initializer('bias'),
    });
    x = connect(dense, x);
    if (hidden && batchNormalization) x = connect(batchNormalization({ momentum: 0.9, epsilon: 1e-5 }), x);
    if (hidden) x = relu(x);
  });
  return tfl.model({ inputs: backbone.inputs, outputs: x, ...(name === undefined ? {} : { name }) });
}
