import { expect, test } from 'vitest';
import { agoText } from './ago.ts';

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [7200, '2 h'],
  [200_000, '2 d'],
  // Of a clock that was set back.
  [-5, '0 s'],
])('%i seconds are %s', (seconds, text) => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(agoText(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
});
