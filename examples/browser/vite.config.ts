import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const source = (file: string) => fileURLToPath(new URL(`../../src/${file}`, import.meta.url));

export default defineConfig({
  // Lets the output of `vite build` lie in any folder of a site.
  base: './',
  // By their own names, yet from the source: the demo runs in a fresh clone, without a build.
  resolve: {
    alias: {
      'tfjs-nonsemantic-negatives/accelerate': source('accelerate/index.ts'),
      'tfjs-nonsemantic-negatives/evaluation': source('evaluation/index.ts'),
      'tfjs-nonsemantic-negatives': source('index.ts'),
    },
  },
  // All at once: finding one later would reload the page.
  optimizeDeps: {
    include: [
      '@observablehq/plot',
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgpu',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-data',
      '@tensorflow/tfjs-layers',
    ],
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 3000 },
});
