import { expect, test } from 'vitest';
import type { Link } from '../ip.ts';
import { checkName, isOfEdge } from './marks.ts';

const alias = 'heddle ingress abcdefabcdef lab';
const veth = (ifname: string, link: string, ifalias?: string): Link => ({
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

test('a veth is the edge’s when one of its ends bears the mark', () => {
  const links = [
    veth('hs100', 'hv100', alias),
    veth('hv100', 'hs100'),
    veth('hv101', 'mine'),
    veth('mine', 'hv101'),
    veth('says so', 'hs100'),
  ];
  expect(links.filter((link) => isOfEdge(link, links)).map(({ ifname }) => ifname)).toEqual([
    'hs100',
    'hv100',
  ]);
  // One on top of the edge's is not.
  const above: Link = { ...veth('hv102', 'hs100'), linkinfo: { info_kind: 'macvlan' } };
  expect(isOfEdge(above, [...links, above])).toBe(false);
});

test('a name that somebody else has is refused, and the interface is left alone', () => {
  const links = [veth('hv101', 'mine')];
  expect(() => checkName('hv100', links, 'network lab')).not.toThrow();
  expect(() => checkName('hv101', links, 'network lab')).toThrow(
    expect.objectContaining({
      code: 'ERR_NETWORK',
      message: 'network lab: interface hv101 is there (veth), and not the edge’s',
    }),
  );
});
