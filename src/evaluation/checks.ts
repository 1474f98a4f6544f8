import { checkEmbeddings } from '../diagnostics/checkEmbeddings';
import { checkFinite } from '../support/checkFinite';
import { checkTensor } from '../support/checks';
import type { Features } from './extractFeatures';
import { checkLabels } from './readLabels';

/** Returns `value` if it is a matrix of features with one label a row. @throws ArgumentError otherwise. */
export function checkFeatures(input: string, value: Features): Features {
  const features = checkEmbeddings(`${input}.features`, value?.features);
  const rows = features.shape[0];
  checkTensor(
    `input ${input}.labels`,
    value.labels,
    `an int32 or float32 tensor of shape [${rows}]`,
    ({ shape }) => `${shape}` === `${rows}`,
  );
  return value;
}

/** Reads the labels of features that `checkFeatures` accepts. @throws ArgumentError for values that are not finite. */
export async function readFeatureLabels(input: string, { features, labels }: Features): Promise<number[]> {
  await checkFinite(`input ${input}.features`, features, 'A diverged encoder makes such features.');
  return checkLabels(`input ${input}.labels`, await labels.data());
}
