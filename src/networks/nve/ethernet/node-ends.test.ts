import { expect, test } from 'vitest';
import type { Link } from '../../ip.ts';
import { marked, nodeLinkIn, ownNodeLink, unfinished } from './node-ends.ts';

const end = (ifname: string, link: string, ifalias?: string): Link => ({
  ifindex: 7,
  ifname,
  link,
  mtu: 1500,
  address: '02:00:00:00:00:01',
  operstate: 'UP',
  flags: [],
  linkinfo: { info_kind: 'veth' },
  ...(ifalias !== undefined && { ifalias }),
});
const foreign = expect.objectContaining({ code: 'ERR_NETWORK' });

test('the link between nodes is made where it is not, and anew where it is not whole', () => {
  expect(nodeLinkIn([])).toEqual({ own: undefined, isWhole: false });
  const found = (inner: string, outer: string, alias: string) =>
    nodeLinkIn([end(inner, outer, alias), end(outer, inner)]);
  expect(found('hnode0', 'hnode1', marked)).toEqual({ own: 'hnode0', isWhole: true });
  expect(found('hnode0', 'hnode1', unfinished)).toEqual({ own: 'hnode0', isWhole: false });
  expect(found('renamed', 'hnode1', marked)).toEqual({ own: 'hnode1', isWhole: false });
  expect(found('hnode0', 'renamed', marked)).toEqual({ own: 'hnode0', isWhole: false });
});

test('what somebody else has by its names is refused, and never taken away', () => {
  const theirs = [end('hnode0', 'hnode1'), end('hnode1', 'hnode0')];
  expect(() => nodeLinkIn(theirs)).toThrow(foreign);
  expect(ownNodeLink(theirs)).toBeUndefined();
  const half = [end('hnode0', 'gone', marked), end('hnode1', 'mine')];
  expect(() => nodeLinkIn(half)).toThrow(foreign);
  expect(ownNodeLink(half)).toBe('hnode0');
});
