import { expect, test } from 'vitest';
import { stampIn } from './stamp.ts';

const both = [
  { family: 'bridge', name: 'heddle' },
  { family: 'inet', name: 'heddle' },
] as const;
const chain = (family: string, name: string, table = 'heddle') => ({ family, table, name });

test.each([
  ['no table of ours', [chain('inet', 'stamp_a', 'other'), chain('ip', 'stamp_a')], undefined],
  [
    'both of one transaction',
    [chain('bridge', 'stamp_a'), chain('inet', 'x'), chain('inet', 'stamp_a')],
    'a',
  ],
  ['one of them gone', [chain('bridge', 'stamp_a')], 'unknown'],
  ['two transactions', [chain('bridge', 'stamp_a'), chain('inet', 'stamp_b')], 'unknown'],
  ['a table without a stamp', [chain('bridge', 'x'), chain('inet', 'x')], 'unknown'],
])('%s', (_name, chains, stamp) => {
  expect(stampIn(chains, both)).toBe(stamp);
});
