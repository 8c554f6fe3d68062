import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { linksIn, readInterfaces } from './interfaces.ts';

const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 760028608 3742207    0    0    0     0          0         0 760028608 3742207    0    0    0     0       0          0
  eth0: 3587166293  155802    0    0    0     0          0         0 15021635  144566    0    0    0     0       0          0
veth1a2b: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0
wan:12 1 0 0 0 0 0 0 34 1 0 0 0 0 0 0
`;

test('links are told, the loopback and the ends of containers are not', () => {
  expect(linksIn(text)).toEqual([
    { name: 'eth0', received: 3_587_166_293, sent: 15_021_635 },
    { name: 'wan', received: 12, sent: 34 },
  ]);
});

test('what this system has can be read', () => {
  const links = readdirSync('/sys/class/net').filter((name) => name !== 'lo' && !name.startsWith('veth'));
  expect(readInterfaces().map(({ name }) => name)).toEqual(expect.arrayContaining(links));
});
