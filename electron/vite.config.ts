import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// The preload script alone: a sandboxed preload must be CommonJS. Main, backend and inference are
// entries of the Node build (src/vite.config.ts), whose worker files they share.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  build: {
    outDir: '../out/electron',
    emptyOutDir: true,
    minify: false,
    lib: { entry: 'preload/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rollupOptions: { external: ['electron'] },
  },
});
