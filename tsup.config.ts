import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    accelerate: 'src/accelerate/index.ts',
    node: 'src/node/index.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  clean: true,
  sourcemap: true,
  // The CommonJS build is not split: the entries share one set of classes because they import the main entry by its name.
  external: ['tfjs-nonsemantic-negatives'],
});
