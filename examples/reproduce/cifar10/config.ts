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
  /** What differs from `config`. @default nothing */
  settings?: Partial<Pick<Config, 'encoder' | 'stemStrides' | 'epochs'>>;
  /** The arm that it differs from in the negatives alone. @default moco */
  baseline?: string;
}

const plain = { texture: false, patch: false, alpha: 0 };
const patch2 = { texture: false, patch: true, alpha: 2 };
const residual: Arm['settings'] = { encoder: 'residual', stemStrides: 2 };
const long: Arm['settings'] = { epochs: 40 };

export const arms: { [name: string]: Arm } = {
  moco: { title: 'MoCo v2', ...plain },
  'patch-2': { title: '+ patch, alpha 2', ...patch2 },
  'patch-3': { title: '+ patch, alpha 3', texture: false, patch: true, alpha: 3 },
  'texture-2': { title: '+ texture, alpha 2', texture: true, patch: false, alpha: 2 },
  'texture-patch-2': { title: '+ both, alpha 2', texture: true, patch: true, alpha: 2 },
  'moco-residual': { title: 'MoCo v2, residual', ...plain, settings: residual },
  'patch-2-residual': {
    title: '+ patch, alpha 2, residual',
    ...patch2,
    settings: residual,
    baseline: 'moco-residual',
  },
  'moco-long': { title: 'MoCo v2, 40 epochs', ...plain, settings: long },
  'patch-2-long': { title: '+ patch, alpha 2, 40 epochs', ...patch2, settings: long, baseline: 'moco-long' },
};

/** Those that are made unless arms are named: all with the same settings. */
export const usualArms = Object.keys(arms).filter((name) => !arms[name].settings);

/** The arm without negatives that an arm is held against. */
export const baselineOf = (arm: string) => arms[arm].baseline ?? 'moco';

/** Everything that you might want to change. All seeds share it, and all arms but for their own `settings`. */
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
