import { expect, test } from 'vitest';
import { wantsGuard } from './ovs-port-guard.ts';

test.each([
  ['netdev', false, true],
  ['netdev', true, true],
  ['system', false, true],
  ['system', true, false],
] as const)('with a datapath %s, a port that is the switch’s: %s, is guarded: %s', (type, isPlugged, is) => {
  expect(wantsGuard(type, isPlugged)).toBe(is);
});
