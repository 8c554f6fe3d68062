import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { full } from './test/support/full.ts';

/** The packed package on real parts, one file after another: some assert how soon something is back, which another at work would delay. */
const real = {
  globalSetup: ['test/support/setup.ts'],
  testTimeout: 600_000,
  hookTimeout: 600_000,
  fileParallelism: false,
};

// Kinds of test, apart because they need different things:
// unit: nothing but Node, and answers at once; properties: some of the same, and more tries; timed: time that passes, and processes;
// e2e: root, Podman, and the packed package installed globally; full: a Kubernetes API server besides.
export default defineConfig({
  test: {
    // What a failed test says of what it saw is all that is left of a run elsewhere.
    chaiConfig: { truncateThreshold: 4_000 },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.timed.test.ts'],
          // One more than there are cores: some files wait now and then.
          maxWorkers: availableParallelism() + 1,
          testTimeout: 20_000,
          // One process for many files: half of the time went into starting them.
          isolate: false,
        },
      },
      {
        test: {
          name: 'properties',
          include: ['src/**/*.property.test.ts'],
          globalSetup: ['test/support/setup-properties.ts'],
          testTimeout: 300_000,
        },
      },
      { test: { name: 'timed', include: ['src/**/*.timed.test.ts'], testTimeout: 20_000 } },
      { test: { ...real, name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
      ...(full ? [{ test: { ...real, name: 'full', include: ['test/full/**/*.test.ts'] } }] : []),
    ],
  },
});
