import * as tf from '@tensorflow/tfjs-core';
import { globalNorm } from './globalNorm';
import { listGradients } from './velocities';

/** Looks before a gradient norm is compared with earlier ones. */
const minNorms = 5;
/** Number of earlier looks that it is compared with. */
const maxNorms = 20;

/** Watches the norm of all gradients together, every few steps. */
export class GradientWatch {
  private readonly norms: number[] = [];
  private latest?: tf.Scalar;
  private watched?: tf.Optimizer;
  private restore = () => {};

  constructor(
    private readonly every: number,
    private readonly maxGrowth: number,
  ) {}

  /** Listens to the optimizer, which receives every gradient in any loop. */
  start(optimizer: tf.Optimizer): void {
    if (this.watched === optimizer) return;
    this.close();
    const apply = optimizer.applyGradients;
    optimizer.applyGradients = (gradients) => {
      if ((optimizer.iterations + 1) % this.every === 0) {
        const tensors = listGradients(gradients).map(({ tensor }) => tensor);
        this.latest?.dispose();
        this.latest = tf.keep(globalNorm(tensors.filter(Boolean)));
      }
      apply.call(optimizer, gradients);
    };
    this.watched = optimizer;
    this.restore = () => {
      optimizer.applyGradients = apply;
    };
  }

  /** Reads the latest norm. @returns What is wrong with it, if anything. */
  async look(): Promise<string | undefined> {
    if (!this.latest) return undefined;
    const [norm] = await this.latest.data();
    const { norms } = this;
    const median = [...norms].sort((a, b) => a - b)[Math.floor(norms.length / 2)];
    const hasGrown = norms.length >= minNorms && norm > this.maxGrowth * median;
    if (hasGrown || !Number.isFinite(norm))
      return `The gradient norm is ${norm}${median === undefined ? '' : ` (median so far: ${median})`}`;
    norms.push(norm);
    if (norms.length > maxNorms) norms.shift();
    return undefined;
  }

  close(): void {
    this.restore();
    this.restore = () => {};
    this.watched = undefined;
    this.latest?.dispose();
    this.latest = undefined;
  }
}
