import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    evaluation: 'src/evaluation/index.ts',
    accelerate: 'src/accelerate/index.ts',
    node: 'src/node/index.ts',
    cli: 'src/node/textures/cli.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  clean: true,
  sourcemap: true,
  splitting: true,
});
