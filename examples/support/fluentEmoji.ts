import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of Microsoft's Fluent emoji, one webp each, named by its code points. */
export const fluentEmoji = join(
  dirname(createRequire(import.meta.url).resolve('@lobehub/fluent-emoji-3d/package.json')),
  'assets',
);
