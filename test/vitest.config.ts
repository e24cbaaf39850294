import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The rooms of pure functions, whose lines must be covered (test/run.mjs passes --coverage).
const pureRooms = [
  'base',
  'domain',
  'contract',
  'formats',
  'signal',
  'models',
  'evaluation',
  'sample',
];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['{src,renderer,electron}/**/*.test.ts', 'test/{conformance,docs}/**/*.test.ts'],
    // The ONNX runtime would otherwise keep a telemetry database in the home of whoever runs the tests.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    pool: 'forks',
    maxWorkers: 2,
    // Processes are killed and ports opened in here: one more go on a machine that is busy with others.
    retry: 1,
    testTimeout: 60_000,
    coverage: {
      provider: 'v8',
      reportsDirectory: 'out/coverage',
      include: pureRooms.map((room) => `src/${room}/**/*.ts`),
      exclude: ['**/*.test.ts', 'src/models/onnx.ts', '**/*.d.ts'],
      thresholds: { lines: 90 },
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
