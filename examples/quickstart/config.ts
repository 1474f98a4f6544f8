import {
  batchNormalization,
  convEncoder,
  type MocoV2Augmentation,
  mocoV2Augmentation,
} from 'tfjs-nonsemantic-negatives';

/** What is the same on every backend. */
const shared = { momentum: 0.99, queueSize: 1024, temperature: 0.2, heldOut: 0.25 };

/** Everything that one might want to change. Native TensorFlow and GPUs are several times faster, so they get a larger encoder. */
export const configs = {
  native: { filters: [24, 48, 96, 192], steps: 1212, batchSize: 96, learningRate: 0.2, weightDecay: 5e-4, ...shared },
  wasm: { filters: [16, 32, 64, 128], steps: 1260, batchSize: 64, learningRate: 0.12, weightDecay: 1e-4, ...shared },
};
export type Config = (typeof configs)['native'];

/**
 * How large the test of what is relied on is. Textures take most of its time: 18 ms each on two cores with native
 * TensorFlow, 60 ms on wasm.
 */
export const relianceSizes = {
  native: { concepts: 1000, conflicts: 6000 },
  wasm: { concepts: 130, conflicts: 3000 },
};

/**
 * Views to train on, and those that are measured. Pictures of 32 pixels are too small for MoCo's blur and for crops of a
 * fifth. In training, more of them become gray than in MoCo's recipe and hues turn half as far: emoji of another set keep
 * their shapes, and their colors if they have any. What is measured is the recipe's view.
 */
export function augmentations(size: number): { training: MocoV2Augmentation; measured: MocoV2Augmentation } {
  const view = { size, scale: [0.4, 1] as [number, number], blurProbability: 0 };
  return {
    training: mocoV2Augmentation({ ...view, grayscaleProbability: 0.4, hue: 0.05 }),
    measured: mocoV2Augmentation(view),
  };
}

/** The encoder as it is before training. */
export function makeBackbone(size: number, filters: readonly number[], seed: number) {
  return convEncoder({ inputShape: [size, size, 3], filters: [...filters], seed, batchNormalization });
}
