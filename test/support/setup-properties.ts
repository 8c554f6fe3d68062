import { randomInt } from 'node:crypto';
import type { TestProject } from 'vitest/node';

/** Chooses what properties are tried with, unless it was said, and says it (vitest's globalSetup). */
export function setup(project: TestProject): void {
  const seed = Number(process.env['HEDDLE_TEST_SEED'] ?? randomInt(2 ** 31));
  project.provide('seed', seed);
  console.log(`Properties are tried with the seed ${seed}; HEDDLE_TEST_SEED=${seed} tries them so again.`);
}
