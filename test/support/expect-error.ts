import { expect } from 'vitest';
import type { Outcome } from './host.ts';

/** Expects one message that has the code, no trace, and exit code 1. Returns the message. */
export function expectError({ code, stderr }: Outcome, expected: string): string {
  expect(stderr).toContain(expected);
  expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(stderr).not.toContain('ERR_INTERNAL');
  expect(code).toBe(1);
  return stderr;
}
