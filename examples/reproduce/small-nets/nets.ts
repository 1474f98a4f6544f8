import * as tf from '@tensorflow/tfjs';

const { conv2d, dense, depthwiseConv2d, elu, flatten, globalAveragePooling2d, maxPooling2d, reLU } = tf.layers;

/** Classifiers without batch normalization, as programs that use TensorFlow.js have them. */
export interface Net {
  title: string;
  inputShape: [number, number, number];
  layers(inputShape: [number, number, number]): tf.layers.Layer[];
}

const rgb: Net['inputShape'] = [32, 32, 3];
const pool = () => maxPooling2d({ poolSize: 2 });
const classes = () => dense({ units: 5, activation: 'softmax' });

/** By default tfjs takes all channels for the inputs of each depthwise kernel, which makes it √channels too small. */
function mobileLayers(scaled: Pick<Parameters<typeof depthwiseConv2d>[0], 'depthwiseInitializer'> = {}): Net['layers'] {
  const relu6 = () => reLU({ maxValue: 6 });
  const shared = { kernelSize: 3, padding: 'same' } as const;
  const block = (filters: number, strides: number) => [
    depthwiseConv2d({ strides, ...shared, ...scaled }),
    relu6(),
    conv2d({ filters, kernelSize: 1 }),
    relu6(),
  ];
  return (inputShape) => {
    const first = [conv2d({ inputShape, filters: 16, strides: 2, ...shared }), relu6()];
    return [...first, ...block(32, 1), ...block(64, 2), ...block(64, 2), globalAveragePooling2d({})];
  };
}

export const nets: { [name: string]: Net } = {
  mnist: {
    title: 'conv, pool, conv, pool, as tfjs-examples’ mnist; gray, 28 pixels',
    inputShape: [28, 28, 1],
    layers(inputShape) {
      const conv = { kernelSize: 5, activation: 'relu', kernelInitializer: 'varianceScaling' } as const;
      return [conv2d({ inputShape, filters: 8, ...conv }), pool(), conv2d({ filters: 16, ...conv }), pool(), flatten()];
    },
  },
  cifar: {
    title: 'three conv with pools, a dense layer',
    inputShape: rgb,
    layers(inputShape) {
      const conv = { kernelSize: 3, padding: 'same', activation: 'relu' } as const;
      const blocks = [conv2d({ inputShape, filters: 16, ...conv }), pool(), conv2d({ filters: 32, ...conv }), pool()];
      return [...blocks, conv2d({ filters: 64, ...conv }), pool(), flatten(), dense({ units: 64, activation: 'relu' })];
    },
  },
  strided: {
    title: 'three strided conv, average pooling',
    inputShape: rgb,
    layers(inputShape) {
      const conv = { kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' } as const;
      const first = conv2d({ inputShape, filters: 16, ...conv });
      return [first, conv2d({ filters: 32, ...conv }), conv2d({ filters: 64, ...conv }), globalAveragePooling2d({})];
    },
  },
  elu: {
    title: 'three conv with elu, pools',
    inputShape: rgb,
    layers(inputShape) {
      const conv = { kernelSize: 3, padding: 'same' } as const;
      const first = [conv2d({ inputShape, filters: 16, ...conv }), elu(), pool(), conv2d({ filters: 32, ...conv })];
      return [...first, elu(), pool(), conv2d({ filters: 32, ...conv }), elu(), globalAveragePooling2d({})];
    },
  },
  mobile: { title: 'depthwise conv with ReLU6', inputShape: rgb, layers: mobileLayers() },
  mobileScaled: {
    title: 'the same, depthwise kernels of the scale of their own inputs',
    inputShape: rgb,
    layers: mobileLayers({
      depthwiseInitializer: tf.initializers.varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'normal' }),
    }),
  },
  dense: {
    title: 'dense layers only',
    inputShape: rgb,
    layers: (inputShape) => [
      flatten({ inputShape }),
      dense({ units: 128, activation: 'relu' }),
      dense({ units: 64, activation: 'relu' }),
    ],
  },
};

export function makeClassifier({ layers }: Net, inputShape: Net['inputShape']): tf.LayersModel {
  return tf.sequential({ layers: [...layers(inputShape), classes()] });
}
