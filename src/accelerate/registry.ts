import * as tf from '@tensorflow/tfjs-core';
import type { KernelSwitch } from './tuning/kernelSwitch';

/** Something that tfjs registers and that can be exchanged, and put back exactly as it was. */
export interface Replacement {
  /** The name under which tfjs knows the kernel, gradient or layer. */
  name: string;
  /**
   * Puts the replacement in place and returns what undoes it; undefined if there is nothing to replace. With `ways`,
   * the stock one may still be chosen for some shapes.
   */
  install(backend: string, ways?: KernelSwitch): (() => void) | undefined;
}

/** Makes a replacement that tuning leaves alone: the stock one is wrong, or there is nothing to gain by it. */
export const always = ({ name, install }: Replacement): Replacement => ({
  name,
  install: (backend) => install(backend),
});

/**
 * Gives `backend` the kernel `name`. `make` receives the stock function, if there is one, for the cases where that is
 * better.
 */
export function replaceKernel(name: string, make: (stock: tf.KernelFunc | undefined) => tf.KernelFunc): Replacement {
  return {
    name,
    install(backend, ways) {
      const stock: tf.KernelConfig | undefined = tf.getKernel(name, backend);
      if (stock) tf.unregisterKernel(name, backend); // Overwriting would warn.
      const fast = make(stock?.kernelFunc);
      const isChoice = ways && stock && fast !== stock.kernelFunc;
      const kernelFunc = isChoice ? ways.kernel(name, stock.kernelFunc, fast) : fast;
      // The set-up of the stock kernel is kept: a backend that is started anew runs it.
      tf.registerKernel({ ...stock, kernelName: name, backendName: backend, kernelFunc });
      return () => {
        tf.unregisterKernel(name, backend);
        if (stock) tf.registerKernel(stock);
      };
    },
  };
}

/** Computes the gradients of a kernel as tfjs's own does, which it receives for the cases that it leaves alone. */
export type FastGradient = (stock: tf.GradFunc) => tf.GradFunc;

/** The fast gradient functions of a kernel by backend, and what was registered before the first of them. */
interface Dispatcher {
  stock: tf.GradConfig;
  byBackend: Map<string, tf.GradFunc>;
}

/** Which tensors of the forward pass a gradient gets; whatever it is, the stock gradient gets the same ones. */
export type Saves = Pick<tf.GradConfig, 'inputsToSave' | 'outputsToSave'>;

const dispatchers = new Map<string, Dispatcher>();

/**
 * Gives `backend` another gradient of the kernel `name`. tfjs has one gradient for all backends: the one registered
 * here looks at the current backend whenever it is called. A gradient of a gradient is left to tfjs's own, which
 * consists of kernels that have gradients.
 */
export function replaceGradient(name: string, make: FastGradient, saves: Saves = {}): Replacement {
  return {
    name,
    install(backend, ways) {
      // Without tfjs-layers (or the union package) tfjs-core may come without gradients.
      if (!tf.getGradient(name)) return undefined;
      const { stock, byBackend } = dispatchers.get(name) ?? registerDispatcher(name, saves);
      const fast = make(stock.gradFunc);
      byBackend.set(backend, ways ? ways.gradient(name, stock.gradFunc, fast) : fast);
      return () => {
        byBackend.delete(backend);
        if (byBackend.size > 0) return;
        dispatchers.delete(name);
        tf.registerGradient(stock);
      };
    },
  };
}

function registerDispatcher(name: string, saves: Saves): Dispatcher {
  const dispatcher = { stock: tf.getGradient(name), byBackend: new Map<string, tf.GradFunc>() };
  dispatchers.set(name, dispatcher);
  tf.registerGradient({
    ...dispatcher.stock,
    ...saves,
    gradFunc: (dy, saved, attributes) => {
      const fast = isTaping() ? undefined : dispatcher.byBackend.get(tf.getBackend());
      return (fast ?? dispatcher.stock.gradFunc)(dy, saved, attributes);
    },
  });
  return dispatcher;
}

/** Tells whether a gradient that is being computed will itself be differentiated. */
const isTaping = () => tf.engine().state.gradientDepth > 0;
