import { expect, test } from 'vitest';
import { linkAddress } from '../addresses.ts';
import { guardRules, macOf } from './tunnel.ts';

test('only the addresses of other nodes are heard on the interface, and none where there is no other', () => {
  const rules = guardRules({ interface: 'hwan0', peers: [{ address: 'fd00::2' }, { address: 'fd00::3' }] });
  expect(rules.split('\n').slice(3)).toEqual([
    'add rule inet heddle_links early iifname "hwan0" ip6 saddr { fd00::2, fd00::3 } accept',
    'add rule inet heddle_links early iifname "hwan0" counter drop',
  ]);
  expect(guardRules({ interface: 'hwan0', peers: [] })).not.toContain('accept }');
  expect(guardRules({ interface: 'hwan0', peers: [] })).not.toContain('saddr');
});

test('a hardware address follows from the address of a node, and is one that nobody sells', () => {
  expect(macOf('fd00::1:203:4050')).toBe('02:01:02:03:40:50');
  expect(macOf(linkAddress('a'))).not.toBe(macOf(linkAddress('b')));
});
