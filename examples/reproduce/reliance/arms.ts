/** How an arm trains; what is left out is as in plain MoCo with the quickstart's native settings. */
export interface TrainingArm {
  method?: 'MoCo' | 'BYOL';
  /** Kinds of non-semantic negatives, one of each for an image. @default none */
  negatives?: ('patch' | 'texture')[];
  /** Weight of the negatives. @default 0 */
  alpha?: number;
  /** Share of the steps in which alpha rises evenly from 0. @default 0 */
  alphaRamp?: number;
  /** Patch sizes in pixels. @default 2 … 10, the paper's shares of the side */
  patchRange?: [number, number];
  steps?: number;
  learningRate?: number;
  /** Steps in which the learning rate rises. @default 50 */
  warmUp?: number;
  momentum?: number;
  queueSize?: number;
  temperature?: number;
}

/** A row of the tables: a training, or features without one. */
export interface RelianceArm {
  title: string;
  training?: TrainingArm;
  /** The arm that it differs from in the negatives alone. @default plain */
  baseline?: string;
}

const patch = (alpha: number, rest: TrainingArm = {}): TrainingArm => ({ negatives: ['patch'], alpha, ...rest });

const short = (alpha: number, rest: TrainingArm = {}) => patch(alpha, { steps: 404, ...rest });

export const arms: { [name: string]: RelianceArm } = {
  plain: { title: 'plain MoCo', training: {} },
  'patch-1': { title: '+ patches, alpha 1', training: patch(1) },
  'patch-2': { title: '+ patches, alpha 2', training: patch(2) },
  'patch-3': { title: '+ patches, alpha 3', training: patch(3) },
  'texture-2': { title: '+ textures, alpha 2', training: { negatives: ['texture'], alpha: 2 } },
  'both-2': { title: '+ both, alpha 2', training: { negatives: ['texture', 'patch'], alpha: 2 } },
  byol: { title: 'plain BYOL', training: { method: 'BYOL' } },
  'byol-patch': { title: 'BYOL + patches, alpha 0.1', training: patch(0.1, { method: 'BYOL' }), baseline: 'byol' },
  'byol-patch-1': { title: 'BYOL + patches, alpha 1', training: patch(1, { method: 'BYOL' }), baseline: 'byol' },
  'patch-2-ramp': { title: '+ patches, alpha 0 … 2', training: patch(2, { alphaRamp: 1 }) },
  'patch-2-half-ramp': { title: '+ patches, alpha 0 … 2 in half the steps', training: patch(2, { alphaRamp: 0.5 }) },
  'patch-1.5': { title: '+ patches, alpha 1.5', training: patch(1.5) },
  'patch-2-large': { title: '+ patches of 6 … 16, alpha 2', training: patch(2, { patchRange: [6, 16] }) },
  'patch-2-small': { title: '+ patches of 2 … 5, alpha 2', training: patch(2, { patchRange: [2, 5] }) },
  'plain-long': { title: 'plain MoCo, twice the steps', training: { steps: 2424 } },
  'patch-2-long': {
    title: '+ patches, alpha 2, twice the steps',
    training: patch(2, { steps: 2424 }),
    baseline: 'plain-long',
  },
  'patch-3-ramp': { title: '+ patches, alpha 0 … 3', training: patch(3, { alphaRamp: 1 }) },
  'patch-3-temperature': {
    title: '+ patches, alpha 3, temperature 0.3',
    training: patch(3, { temperature: 0.3 }),
    baseline: 'plain-temperature',
  },
  'plain-temperature': { title: 'plain MoCo, temperature 0.3', training: { temperature: 0.3 } },
  // The first third of a training tells whether it collapses.
  'short-2': { title: '404 steps, alpha 2', training: short(2) },
  'short-2-queue': { title: '404 steps, alpha 2, queue of 96', training: short(2, { queueSize: 96 }) },
  'short-3': { title: '404 steps, alpha 3', training: short(3) },
  'short-3-slow': { title: '404 steps, alpha 3, rate 0.05', training: short(3, { learningRate: 0.05 }) },
  'short-3-warm': { title: '404 steps, alpha 3, warm-up of 200', training: short(3, { warmUp: 200 }) },
  'short-3-momentum': { title: '404 steps, alpha 3, momentum 0.997', training: short(3, { momentum: 0.997 }) },
  'short-3-queue': { title: '404 steps, alpha 3, queue of 16384', training: short(3, { queueSize: 16384 }) },
  'short-3-temperature': { title: '404 steps, alpha 3, temperature 0.3', training: short(3, { temperature: 0.3 }) },
  'short-3-ramp': { title: '404 steps, alpha 0 … 3', training: short(3, { alphaRamp: 1 }) },
  untrained: { title: 'untrained' },
  pixels: { title: 'raw pixels' },
};

/** What is made unless arms are named. */
export const usualArms = ['plain', 'patch-2', 'untrained', 'pixels'];
