import * as tf from '@tensorflow/tfjs-core';
import { globalNorm } from './globalNorm';

/** Looks before a gradient norm is compared with them. */
const minNorms = 5;
/** Looks that it is compared with. */
const maxNorms = 20;

/** Watches the norm of all gradients together, every so many steps. */
export class GradientWatch {
  private readonly norms: number[] = [];
  private latest?: tf.Scalar;
  private unwatch?: () => void;

  constructor(
    private readonly every: number,
    private readonly maxGrowth: number,
  ) {}

  /** Gradients pass through the optimizer alone, so this is where their norm can be had, whatever the loop. */
  start(optimizer: tf.Optimizer): void {
    if (this.unwatch) return;
    const apply = optimizer.applyGradients;
    optimizer.applyGradients = (gradients) => {
      if ((optimizer.iterations + 1) % this.every === 0) {
        const tensors = Array.isArray(gradients) ? gradients.map(({ tensor }) => tensor) : Object.values(gradients);
        this.latest?.dispose();
        this.latest = tf.keep(globalNorm(tensors.filter(Boolean)));
      }
      apply.call(optimizer, gradients);
    };
    this.unwatch = () => {
      optimizer.applyGradients = apply;
      this.unwatch = undefined;
    };
  }

  /** Reads the latest norm. @returns What is wrong with it, if anything. */
  async look(): Promise<string | undefined> {
    if (!this.latest) return undefined;
    const [norm] = await this.latest.data();
    const { norms } = this;
    const median = [...norms].sort((a, b) => a - b)[Math.floor(norms.length / 2)];
    const grown = norms.length >= minNorms && norm > this.maxGrowth * median;
    if (grown || !Number.isFinite(norm)) return `The gradient norm is ${norm}, usually ${median}`;
    norms.push(norm);
    if (norms.length > maxNorms) norms.shift();
    return undefined;
  }

  close(): void {
    this.unwatch?.();
    this.latest?.dispose();
    this.latest = undefined;
  }
}
