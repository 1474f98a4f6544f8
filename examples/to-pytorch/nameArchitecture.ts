import { architectures } from '../from-pytorch/resNet';
import type { Form } from './form';

/** torchvision's name of a ResNet, else the function of this package that makes such an encoder. */
export function nameArchitecture({ stem, pool, stages }: Pick<Form, 'stem' | 'pool' | 'stages'>): string {
  const hasStem = pool && String(stem) === '3,64,7,2';
  const hasWidths = stages.every(([{ convolutions }], stage) => convolutions[0][1] === 64 * 2 ** stage);
  for (const [name, { depths, convolutions }] of Object.entries(architectures)) {
    const hasDepths = String(stages.map((blocks) => blocks.length)) === String(depths);
    const hasBlocks = stages.flat().every((block) => block.convolutions.length === convolutions);
    if (hasStem && hasWidths && hasDepths && hasBlocks) return name;
  }
  return stages.length > 0 ? 'residualEncoder' : 'convEncoder';
}
