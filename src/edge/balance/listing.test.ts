import { expect, test } from 'vitest';
import { readListing } from './listing.ts';

const lead = (comment: string) => ({ rule: { chain: 'lead', comment, expr: [] } });
const listed = (...parts: readonly unknown[]) =>
  JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, ...parts] });

test('what the kernel has is read as it was told', () => {
  const text = listed(
    { table: { family: 'inet', name: 'heddle-edge-helsinki', handle: 1 } },
    { set: { name: 'gateways-ip', type: 'ipv4_addr', elem: ['10.1.0.1'] } },
    { set: { name: 'gateways-ip6', type: 'ipv6_addr' } },
    {
      map: {
        name: 'udp-53-ip',
        map: 'ipv4_addr . inet_service',
        elem: [
          [1, { concat: ['10.2.9.2', 80] }],
          [0, { concat: ['10.2.9.1', 8080] }],
        ],
      },
    },
    { map: { name: 'services-ip', elem: [[{ concat: ['udp', 53] }, { goto: { target: 'udp-53-ip' } }]] } },
    { chain: { name: 'lead' } },
    { rule: { chain: 'udp-53-ip', comment: 'shop/db', expr: [] } },
    lead('heddle, layout 1'),
  );
  expect(readListing(text)).toEqual({
    rules: {
      gateways: { ip: ['10.1.0.1'], ip6: [] },
      ports: { 'udp-53-ip': { service: 'shop/db', entries: ['10.2.9.1 . 8080', '10.2.9.2 . 80'] } },
    },
  });
});

test('a table of the same name that somebody else made is known by that', () => {
  expect(readListing(listed({ chain: { name: 'lead' } }))).toBe('foreign');
  expect(readListing(listed(lead('mine')))).toBe('foreign');
});

test('one that another version of Heddle made is known, too', () => {
  expect(readListing(listed(lead('heddle, layout 0')))).toBe('other');
});
