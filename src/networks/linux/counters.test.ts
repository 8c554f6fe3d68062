import { expect, test } from 'vitest';
import { parseCounters } from '../../lib/net-dev.ts';
import type { LinuxEndpoint, LinuxNetwork } from './commands.ts';
import { countersOf } from './counters.ts';

const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
hb0000000000aa:     700       7    0    1    0     0          0         0      800       8    0    2    0     0       0          0
hp0000000000bb:     100       3    0    4    0     0          0         0      200       5    0    6    0     0       0          0
`;
const network = { id: '0000000000aa', name: 'lab', archetype: 'linux' } as LinuxNetwork;
const endpoint = (name: string, id: string) =>
  ({ id, name, network: 'lab', attachment: { kind: 'tap' } }) as LinuxEndpoint;

test('what a port sends is what its endpoint receives, and the host has a link of its own', () => {
  const [lab] = countersOf([network], [endpoint('web', '0000000000bb')], parseCounters(text));
  expect(lab).toEqual({
    network: 'lab',
    archetype: 'linux',
    links: [
      {
        kind: 'endpoint',
        name: 'web',
        interface: 'hp0000000000bb',
        received: { packets: 5, bytes: 200, dropped: 6 },
        sent: { packets: 3, bytes: 100, dropped: 4 },
      },
      {
        kind: 'host',
        name: 'hb0000000000aa',
        interface: 'hb0000000000aa',
        received: { packets: 7, bytes: 700, dropped: 1 },
        sent: { packets: 8, bytes: 800, dropped: 2 },
      },
    ],
  });
});

test('a link that is not there has counted nothing, and is not invented', () => {
  expect(countersOf([network], [endpoint('gone', '0000000000cc')], [])[0]?.links).toEqual([]);
});

test('what passed to other hosts, the edge has counted', () => {
  const passed = (packets: number) => ({ packets, bytes: packets * 100, dropped: 0 });
  const edge = [{ vlan: 12, toWire: passed(3), fromWire: passed(4) }];
  const [joined, alone] = countersOf([{ ...network, vlan: 12 }, network], [], [], edge);
  expect(joined?.links).toEqual([
    { kind: 'edge', name: 'hv12', interface: 'hv12', received: passed(3), sent: passed(4) },
  ]);
  expect(alone?.links).toEqual([]);
});
