import type { serialization } from '@tensorflow/tfjs-core';

/** Returns the options in a configuration, without the entries that tfjs adds when it rebuilds an object. */
export function optionsOf(config: serialization.ConfigDict): serialization.ConfigDict {
  const { customObjects: _, ...options } = config;
  return options;
}
