import { checkEmbeddings } from '../diagnostics/checkEmbeddings';
import { checkTensor } from '../support/errors';
import type { Features } from './extractFeatures';

/** Returns `value` if it is a matrix of features with one label a row. @throws ArgumentError otherwise. */
export function checkFeatures(input: string, value: Features): Features {
  const features = checkEmbeddings(`${input}.features`, value?.features);
  const rows = features.shape[0];
  checkTensor(
    `input ${input}.labels`,
    value.labels,
    `a tensor of shape [${rows}]`,
    ({ shape }) => `${shape}` === `${rows}`,
  );
  return value;
}
