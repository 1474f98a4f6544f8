import * as tf from '@tensorflow/tfjs-core';

/** Something of tfjs's registries that can be exchanged, and put back exactly as it was. */
export interface Replacement {
  /** The name under which tfjs knows the kernel or gradient. */
  name: string;
  /** Puts the replacement in place and returns the way back. */
  install(backend: string): () => void;
}

/**
 * Gives `backend` the kernel `name`. `make` receives the stock function, where there is one, for the cases in which
 * that is the better one.
 */
export function replaceKernel(name: string, make: (stock: tf.KernelFunc | undefined) => tf.KernelFunc): Replacement {
  return {
    name,
    install(backend) {
      const stock: tf.KernelConfig | undefined = tf.getKernel(name, backend);
      if (stock) tf.unregisterKernel(name, backend); // Overwriting would warn.
      // The set-up of the stock kernel is kept: a backend that is started anew runs it.
      tf.registerKernel({ ...stock, kernelName: name, backendName: backend, kernelFunc: make(stock?.kernelFunc) });
      return () => {
        tf.unregisterKernel(name, backend);
        if (stock) tf.registerKernel(stock);
      };
    },
  };
}
