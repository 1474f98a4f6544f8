export { batchNormTraining } from './batchNormTraining';
export { batchNormTrainingGrad } from './batchNormTrainingGrad';
export { conv2dBackpropFilter } from './conv2dBackpropFilter';
export { depthwiseConv2dBackpropFilter } from './depthwiseConv2dBackpropFilter';
export { movingAverage, sgdStep } from './updates';
