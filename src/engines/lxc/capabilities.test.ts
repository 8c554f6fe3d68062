import { expect, test } from 'vitest';
import { kept } from './capabilities.ts';

test.each([
  [['NET_ADMIN'], ['ALL'], 'net_admin'],
  [['CAP_NET_RAW', 'net_raw'], ['CAP_ALL'], 'net_raw'],
  [[], ['ALL'], 'none'],
  [['ALL'], [], undefined],
] as const)('of added %j and dropped %j there is %s', (add, drop, expected) => {
  expect(kept(add, drop)).toBe(expected);
});

test('where all but some is asked for, those are gone', () => {
  const most = kept(['ALL'], ['SYS_ADMIN'])?.split(' ');
  expect(most).not.toContain('sys_admin');
  expect(most).toEqual(expect.arrayContaining(['net_admin', 'chown', 'mknod']));
  expect(kept([], ['SETUID'])?.split(' ')).toEqual(expect.not.arrayContaining(['setuid', 'all']));
});
