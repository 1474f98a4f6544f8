import * as tfl from '@tensorflow/tfjs-layers';

interface MobileNetArgs {
  inputShape: number[];
  /** Makes its batch normalization. @default tfjs's own */
  batchNormalization?: () => tfl.layers.Layer;
}

/** Filters and strides of the blocks. */
const blocks = [
  ...[
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
  ],
  ...[
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [1024, 2],
    [1024, 1],
  ],
];

/** MobileNet (Howard et al. 2017) of width 1, without its classifier. */
export function mobileNet({ inputShape, batchNormalization = () => tfl.layers.batchNormalization() }: MobileNetArgs) {
  const input = tfl.input({ shape: inputShape });
  const shared = { padding: 'same', useBias: false } as const;
  const apply = (x: tfl.SymbolicTensor, layer: tfl.layers.Layer) =>
    [layer, batchNormalization(), tfl.layers.reLU({ maxValue: 6 })].reduce(
      (y, each) => each.apply(y) as tfl.SymbolicTensor,
      x,
    );
  let x = apply(input, tfl.layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, ...shared }));
  for (const [filters, strides] of blocks) {
    x = apply(x, tfl.layers.depthwiseConv2d({ kernelSize: 3, strides, ...shared }));
    x = apply(x, tfl.layers.conv2d({ filters, kernelSize: 1, ...shared }));
  }
  const outputs = tfl.layers.globalAveragePooling2d({}).apply(x) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs });
}
