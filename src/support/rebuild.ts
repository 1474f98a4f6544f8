import type { serialization } from '@tensorflow/tfjs-core';

/** The options in a configuration, without what tfjs adds to one from which it rebuilds an object. */
export function optionsOf(config: serialization.ConfigDict): serialization.ConfigDict {
  const { customObjects: _, ...options } = config;
  return options;
}
