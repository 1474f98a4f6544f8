/** What stock tfjs-layers refuses, on every backend alike. */
export const refused: RegExp[] = [
  /gradient function not found for (Any|Conv3DBackpropInputV2|CropAndResize|Greater)/,
  /dilation rates greater than 1 are not yet supported in gradients/,
  // layerNormalization without scale and center.
  /reading 'dataId'/,
  // resizing and randomWidth take tensors, and no place in a model.
  /resize\w+: x must be rank 3 or 4, but got rank 1/,
  /comprised of positive integers but got shape \[-/,
];

/** Layers that stock tfjs computes wrongly, or has no gradient of, and that `accelerate()` mends. */
export const mended: Record<string, string[]> = {
  cpu: [
    'averagePooling1d',
    'averagePooling2d',
    'averagePooling3d',
    'batchNormalization',
    'maxPooling3d',
    'upSampling2d',
  ],
  wasm: [
    ...['averagePooling1d', 'averagePooling2d', 'averagePooling3d', 'batchNormalization', 'embedding'],
    ...['maxPooling1d', 'maxPooling2d', 'maxPooling3d'],
    ...['conv1d', 'conv2d', 'conv2dTranspose', 'conv3d', 'conv3dTranspose', 'convLstm2d', 'convLstm2dCell'],
    ...['depthwiseConv2d', 'separableConv2d'],
  ],
  tensorflow: ['batchNormalization'],
};

/** Layers for which a backend has no kernel, with or without `accelerate()`. */
export const missing: Record<string, string[]> = {
  ...{ cpu: [], wasm: [] },
  tensorflow: ['categoryEncoding'],
  // It has one, whose shader the device refuses.
  webgpu: ['categoryEncoding'],
};
