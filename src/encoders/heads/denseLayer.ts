import * as tfl from '@tensorflow/tfjs-layers';
import { layerSeed } from '../blocks';

/**
 * Makes a dense layer whose weights and biases start uniform in ±1/√(fan in), as those of PyTorch's linear layers do.
 */
export function denseLayer(
  inputUnits: number,
  { seed, depth, ...args }: { units: number; seed: number; depth: number; useBias?: boolean; activation?: 'softmax' },
): tfl.layers.Layer {
  const bound = 1 / Math.sqrt(inputUnits);
  const initializer = (part: string) =>
    tfl.initializers.randomUniform({ minval: -bound, maxval: bound, seed: layerSeed(seed, part, depth) });
  return tfl.layers.dense({ ...args, kernelInitializer: initializer('kernel'), biasInitializer: initializer('bias') });
}
