/** Ways of training on emoji, which differ in nothing but the weight of the patch negatives; the last two do not train. */
export const arms: { [name: string]: { title: string; alpha?: number } } = {
  plain: { title: 'plain MoCo', alpha: 0 },
  'patch-1': { title: '+ patches, alpha 1', alpha: 1 },
  'patch-2': { title: '+ patches, alpha 2', alpha: 2 },
  'patch-3': { title: '+ patches, alpha 3', alpha: 3 },
  untrained: { title: 'untrained' },
  pixels: { title: 'raw pixels' },
};

/** What is made unless arms are named. */
export const usualArms = ['plain', 'patch-2', 'untrained', 'pixels'];
