import type { GradFunc, KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import { type Call, gradientCall, kernelCall, type Way } from './call';

/** Runs each call of a backend's exchanged kernels and gradients in the way that was chosen for its shapes. */
export class KernelSwitch {
  /** By the calls' keys; others are accelerated. */
  readonly choices = new Map<string, Way>();
  /** Sees every call, while a step is recorded. */
  observe?: (call: Call) => void;

  kernel(name: string, stock: KernelFunc, accelerated: KernelFunc): KernelFunc {
    const ways = { stock, accelerated };
    return (args) => ways[this.choose(() => kernelCall(name, args, ways))](args);
  }

  gradient(name: string, stock: GradFunc, accelerated: GradFunc): GradFunc {
    const ways = { stock, accelerated };
    return (dy, saved, attrs) =>
      ways[this.choose(() => gradientCall(name, dy as Tensor, saved, attrs, ways))](dy, saved, attrs);
  }

  private choose(describe: () => Call): Way {
    // Calls are described only where something depends on it.
    if (!this.observe && this.choices.size === 0) return 'accelerated';
    const call = describe();
    this.observe?.(call);
    return this.choices.get(call.key) ?? 'accelerated';
  }
}
