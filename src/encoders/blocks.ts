import * as tfl from '@tensorflow/tfjs-layers';
import { randomStream } from '../support/random';
import type { EncoderArgs } from './encoderArgs';

type Symbolic = tfl.SymbolicTensor;

/** The kernels of a convolution. */
interface ConvolutionArgs {
  filters: number;
  kernelSize: number;
  /** @default 1 */
  strides?: number;
}

/** Applies a layer of one output. */
export function connect(layer: tfl.layers.Layer, x: Symbolic | Symbolic[]): Symbolic {
  return layer.apply(x) as Symbolic;
}

export const relu = (x: Symbolic) => connect(tfl.layers.reLU(), x);

/**
 * Pads by `margin` zeros on all four sides, as PyTorch does.
 *
 * TensorFlow's `same` puts the odd pixel of a strided convolution below and to the right only, and tfjs-node takes no
 * numeric padding: hence a layer in front of a `valid` convolution or pooling.
 */
export const pad = (x: Symbolic, margin: number) => connect(tfl.layers.zeroPadding2d({ padding: margin }), x);

/** Makes the parts of a convolutional encoder; each convolution has its own initial weights. */
export function blocks({ seed = 0, batchNormalization = tfl.layers.batchNormalization }: EncoderArgs) {
  let convolutions = 0;

  /** Convolves without bias, padded by half the kernel, then normalizes the batch: He et al. 2015, normal, fan out. */
  function convolution(x: Symbolic, { filters, kernelSize, strides = 1 }: ConvolutionArgs): Symbolic {
    const margin = (kernelSize - 1) / 2;
    const explicit = strides > 1 && margin > 0;
    const conv = tfl.layers.conv2d({
      filters,
      kernelSize,
      strides,
      padding: explicit ? 'valid' : 'same',
      useBias: false,
      kernelInitializer: tfl.initializers.randomNormal({
        mean: 0,
        stddev: Math.sqrt(2 / (kernelSize * kernelSize * filters)),
        seed: layerSeed(seed, 'convolution', convolutions++),
      }),
    });
    const convolved = connect(conv, explicit ? pad(x, margin) : x);
    return connect(batchNormalization({ momentum: 0.9, epsilon: 1e-5 }), convolved);
  }

  /** Applies the identity, or a strided 1x1 projection where the block changes the shape. */
  function shortcut(x: Symbolic, filters: number, strides: number): Symbolic {
    const same = strides === 1 && x.shape[x.shape.length - 1] === filters;
    return same ? x : convolution(x, { filters, kernelSize: 1, strides });
  }

  const addAndRelu = (branch: Symbolic, x: Symbolic) => relu(connect(tfl.layers.add(), [branch, x]));

  /** Applies two 3x3 convolutions beside a shortcut (He et al. 2016, figure 5 left). */
  function basicBlock(x: Symbolic, filters: number, strides = 1): Symbolic {
    const hidden = relu(convolution(x, { filters, kernelSize: 3, strides }));
    const branch = convolution(hidden, { filters, kernelSize: 3 });
    return addAndRelu(branch, shortcut(x, filters, strides));
  }

  /** Applies 1x1, 3x3 and 1x1 convolutions beside a shortcut (figure 5 right), the 3x3 strided as in torchvision. */
  function bottleneckBlock(x: Symbolic, filters: number, strides = 1): Symbolic {
    const reduced = relu(convolution(x, { filters: filters / 4, kernelSize: 1 }));
    const hidden = relu(convolution(reduced, { filters: filters / 4, kernelSize: 3, strides }));
    const branch = convolution(hidden, { filters, kernelSize: 1 });
    return addAndRelu(branch, shortcut(x, filters, strides));
  }

  return { convolution, basicBlock, bottleneckBlock };
}

/** Returns an initializer's seed: a function of the model's seed and of which layer it is. */
export function layerSeed(seed: number, kind: string, index: number): number {
  return Math.floor(randomStream(seed, kind, index)() * 2 ** 31);
}

/** Pools `[N, H, W, C]` to `[N, C]` and closes the model. */
export function poolToModel(input: Symbolic, features: Symbolic, name: string | undefined): tfl.LayersModel {
  const outputs = connect(tfl.layers.globalAveragePooling2d({}), features);
  return tfl.model({ inputs: input, outputs, ...(name === undefined ? {} : { name }) });
}
