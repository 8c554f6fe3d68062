import { expect, test } from 'vitest';
import { parseNetDev } from '../../lib/net-dev.ts';
import { usedLinks } from './links.ts';

const text = (
  lo: number,
  received: number,
  sent: number,
  idle: number,
) => `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: ${lo} 10 0 0 0 0 0 0 ${lo} 10 0 0 0 0 0 0
  eth0:${received} 10 0 0 0 0 0 0 ${sent} 10 0 0 0 0 0 0
  idle: ${idle} 10 0 0 0 0 0 0 0 0 0 0 0 0 0 0
`;

test('what passed is said of the links that carried it, the busiest first, in the busier direction', () => {
  const [before, after] = [text(0, 1000, 5000, 7), text(0, 2_501_000, 126_000, 107)].map(parseNetDev);
  const speedOf = (name: string) => (name === 'eth0' ? 100e6 : undefined);
  expect(usedLinks(before!, after!, 2, speedOf)).toEqual([
    { interface: 'eth0', bitsPerSecond: 10e6, share: 0.1 },
  ]);
  const [, later] = [before, parseNetDev(text(10_000_000, 2_501_000, 126_000, 7))];
  expect(usedLinks(before!, later!, 2, () => undefined).map(({ interface: name }) => name)).toEqual([
    'lo',
    'eth0',
  ]);
});

test('an interface that came meanwhile counts from nothing, and nothing passed where nothing did', () => {
  const before = parseNetDev(text(5, 5, 5, 5));
  expect(usedLinks(before, before, 1, () => undefined)).toEqual([]);
  expect(usedLinks([], before, 1, () => undefined)).toHaveLength(3);
});
