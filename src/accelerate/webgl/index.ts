export { clipByValueGrad, reluGrad } from './activationGradients';
export { batchNormTraining } from './batchNormTraining';
export { batchNormTrainingGrad } from './batchNormTrainingGrad';
export { conv2dBackpropFilter } from './conv2dBackpropFilter';
export { depthwiseConv2dBackpropFilter } from './depthwiseConv2dBackpropFilter';
export { infoNCE, infoNCEGrad } from './infoNCE';
export { l2Normalize, l2NormalizeGrad } from './l2Normalize';
export { movingAverage, sgdStep } from './updates';
