/** One way of training; the arms differ in nothing else. */
export interface Arm {
  /** As the tables call it. */
  title: string;
  /** Texture negatives: one texture an image, made beforehand, with the augmentation's params of the query. */
  texture: boolean;
  /** Patch negatives: drawn anew at every step, from the query view. */
  patch: boolean;
  /** Weight of the similarity to the negatives inside the exponent. */
  alpha: number;
}

export const arms: { [name: string]: Arm } = {
  moco: { title: 'MoCo v2', texture: false, patch: false, alpha: 0 },
  'patch-2': { title: '+ patch, alpha 2', texture: false, patch: true, alpha: 2 },
  'patch-3': { title: '+ patch, alpha 3', texture: false, patch: true, alpha: 3 },
  'texture-2': { title: '+ texture, alpha 2', texture: true, patch: false, alpha: 2 },
  'texture-patch-2': { title: '+ both, alpha 2', texture: true, patch: true, alpha: 2 },
};

/** Everything that you might want to change. All arms and seeds share it. */
export const config = {
  seeds: [1, 2, 3],
  /** Training images a class, of 5,000; the first ones by name, the same for every seed. */
  imagesPerClass: 1000,
  epochs: 16,
  batchSize: 128,
  /** At first; cosine decay to 0 by epoch. */
  learningRate: 0.12,
  weightDecay: 1e-4,
  /** Of the key encoder. */
  momentum: 0.99,
  queueSize: 4096,
  temperature: 0.2,
  /** Four stride-2 convolutions, or stages of residual blocks. */
  encoder: 'conv' as 'conv' | 'residual',
  /** Channels of the encoder's blocks. */
  filters: [24, 48, 96, 192],
  /** Of the residual encoder's first convolution. */
  stemStrides: 1,
  /** MoCo v2's blur is made for 224 pixels: as usual on CIFAR-10, there is none. */
  blurProbability: 0,
  /** The crops of MoCo v2, larger ones are the default at this size. */
  scale: [0.2, 1] as [number, number],
  evaluation: {
    k: 200,
    temperature: 0.1,
    /** Of the linear classifier, fixed beforehand: lightly's. */
    learningRate: 0.1,
    epochs: 30,
    /** Test images a class that are corrupted, and made into textures and patches. All 1,000 are classified as they are. */
    perClass: 100,
  },
};

export type Config = typeof config;

/** All stages in ten minutes: far too short to judge a claim by. */
export const quick: Config = {
  ...config,
  seeds: [1],
  imagesPerClass: 200,
  epochs: 8,
  batchSize: 64,
  queueSize: 1024,
  evaluation: { ...config.evaluation, perClass: 20 },
};

/** What Geirhos et al. call the classes of CIFAR-10 that they share. */
export const sameClass = { boat: 'ship', car: 'automobile' };
