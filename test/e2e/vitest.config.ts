import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Journeys through the built page in a real Chromium. One at a time: they measure and share two cores.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // A journey that met a busy machine gets another go; one that fails for a reason fails again.
    retry: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
