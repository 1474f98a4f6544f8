import { defineConfig } from 'tsup';
import { writeEntryStubs } from './tools/entryStubs';
import { writePageBuilds } from './tools/pageBuilds';
import { pureOptions } from './tools/pureOptions';

const entries = {
  index: 'src/index.ts',
  evaluation: 'src/evaluation/index.ts',
  accelerate: 'src/accelerate/index.ts',
  node: 'src/node/index.ts',
};

export default defineConfig({
  entry: {
    ...entries,
    cli: 'src/node/textures/cli.ts',
    // The thread that `workerDataset` starts.
    pipelineWorker: 'src/node/pipeline/worker.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  // Nobody imports the programs.
  dts: { entry: entries },
  clean: true,
  sourcemap: true,
  splitting: true,
  treeshake: true,
  // `import.meta.url` in CommonJS, by which the thread's program is found.
  shims: true,
  esbuildPlugins: [pureOptions],
  async onSuccess() {
    await writeEntryStubs(['evaluation', 'accelerate', 'node']);
    await writePageBuilds();
  },
});
