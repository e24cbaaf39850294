import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// Everything that runs under Node, as ES modules in one folder: workers and processes are started by
// `new URL('./worker.js', import.meta.url)`, which holds for entries and shared chunks alike.
// Packages of node_modules stay outside.
export default defineConfig({
  root: path('.'),
  publicDir: false,
  build: {
    ssr: true,
    target: 'node22',
    outDir: path('../out/node'),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        cli: path('cli/main.ts'),
        worker: path('backend/worker.ts'),
        inference: path('backend/inference/inference.ts'),
        inferenceWorker: path('backend/inference/inferenceWorker.ts'),
        // The desktop shell's own entries share the workers.
        'desktop-main': path('../electron/main/main.ts'),
        'desktop-backend': path('../electron/backend/main.ts'),
        'desktop-inference': path('../electron/backend/inference.ts'),
      },
      external: ['electron'],
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
      },
    },
  },
});
