import { defineConfig } from 'vitest/config';

// Two kinds of test, apart because they need different things:
// unit: nothing but Node; e2e: root, Podman, and the packed package installed globally.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 20_000,
          // One process for many files: half of the time went into starting them.
          isolate: false,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup: ['test/support/setup.ts'],
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // One file after another: some assert how soon something is back, which another at work would delay.
          fileParallelism: false,
        },
      },
    ],
  },
});
