import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

// The page of both hosts. Relative addresses, so that it works below any path and any scheme;
// no inline scripts, so that the content security policy can forbid them.
export default defineConfig({
  root: here,
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: false })],
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('../out/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Painters read colours from the tokens as they are written there, #rrggbb.
    cssMinify: false,
    sourcemap: true,
    reportCompressedSize: false,
  },
});
