import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    // End-to-end tests start processes; a busy machine takes its time for that, and no test waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
