import { expect, test } from 'vitest';
import type { BondWish } from '../bond-driver.ts';
import { bondsSettings } from '../settings.ts';
import { type BondLink, bondCommands } from './plan.ts';
import { parseProcBonding } from './proc-bonding.ts';

// As the driver of Linux 6.1 writes it (drivers/net/bonding/bond_procfs.c), for three links: one that carries, one that leads to
// another switch, and one where nobody is heard.
const text = `Ethernet Channel Bonding Driver: v6.1.0

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
Transmit Hash Policy: layer3+4 (1)
MII Status: up
MII Polling Interval (ms): 100

802.3ad info
LACP active: on
LACP rate: fast
Min links: 0
Aggregator selection policy (ad_select): stable
System priority: 65535
System MAC address: 02:00:00:00:00:01
Active Aggregator Info:
\tAggregator ID: 1
\tNumber of ports: 1
\tActor Key: 9
\tPartner Key: 7
\tPartner Mac Address: 02:00:00:00:00:02
${member('eth1', 1, 63, '02:00:00:00:00:02', 7, '1000 Mbps')}${member('eth2', 2, 63, '02:00:00:00:00:03', 7, '1000 Mbps')}${member('eth3', 3, 69, '00:00:00:00:00:00', 1, 'Unknown')}`;

function member(
  name: string,
  aggregator: number,
  state: number,
  partner: string,
  key: number,
  speed: string,
) {
  return `
Slave Interface: ${name}
MII Status: up
Speed: ${speed}
Duplex: full
Link Failure Count: ${aggregator}
Permanent HW addr: 02:00:00:00:00:1${aggregator}
Slave queue ID: 0
Aggregator ID: ${aggregator}
details actor lacp pdu:
    system priority: 65535
    system mac address: 02:00:00:00:00:01
    port key: 9
    port priority: 255
    port number: 1
    port state: ${state}
details partner lacp pdu:
    system priority: 65535
    system mac address: ${partner}
    oper key: ${key}
    port priority: 255
    port number: 4
    port state: 61
`;
}

test('what the kernel says of a bond', () => {
  const { actor, members } = parseProcBonding(text);
  expect(actor).toEqual({ system: '02:00:00:00:00:01', key: 9 });
  expect(members.map(({ name, isHeard, isUsed, speed }) => ({ name, isHeard, isUsed, speed }))).toEqual([
    { name: 'eth1', isHeard: true, isUsed: true, speed: 1e9 },
    { name: 'eth2', isHeard: true, isUsed: false, speed: 1e9 },
    { name: 'eth3', isHeard: false, isUsed: false, speed: undefined },
  ]);
  expect(members[0]?.partner).toEqual({ system: '02:00:00:00:00:02', key: 7, port: 4 });
  expect(members[0]?.falls).toEqual([1]);
});

const wish: BondWish = { ...bondsSettings.parse({ b: { links: ['eth1', 'eth2'] } })['b']!, name: 'bond0' };
const mac = '02:00:00:00:00:01';
const link = (ifname: string, more: Partial<BondLink> = {}): BondLink => ({
  ifindex: 1,
  ifname,
  mtu: 1500,
  address: '02:00:00:00:00:01',
  operstate: 'UP',
  flags: ['UP'],
  ...more,
});
const data = { mode: '802.3ad', miimon: 100, xmit_hash_policy: 'layer3+4', ad_lacp_rate: 'fast' };
const bond = link('bond0', { linkinfo: { info_kind: 'bond', info_data: data } });
const members = ['eth1', 'eth2'].map((name) => link(name, { master: 'bond0' }));

test('it is made, and then left alone', () => {
  const options = 'type bond mode 802.3ad lacp_rate fast xmit_hash_policy layer3+4 miimon 100';
  expect(bondCommands(wish, { links: wish.links, mac }, [link('eth1'), link('eth2')])).toEqual([
    `link add bond0 address ${mac} ${options}`,
    'link set eth1 down',
    'link set eth1 master bond0',
    'link set eth2 down',
    'link set eth2 master bond0',
    'link set bond0 up',
  ]);
  expect(bondCommands(wish, { links: wish.links, mac }, [bond, ...members])).toEqual([]);
});

test('what differs is changed: a link that came, one that is wanted no more, how it works', () => {
  expect(bondCommands(wish, { links: ['eth1'], mac }, [bond, ...members])).toEqual([
    'link set eth2 nomaster',
    'link set bond0 up',
  ]);
  expect(bondCommands(wish, { links: wish.links, mac }, [bond, link('eth1'), ...members.slice(1)])).toEqual([
    'link set eth1 down',
    'link set eth1 master bond0',
    'link set bond0 up',
  ]);
  const lines = bondCommands({ ...wish, rate: 'slow' }, { links: wish.links, mac }, [bond, ...members]);
  expect(lines.slice(0, 3)).toEqual([
    'link set eth1 nomaster',
    'link set eth2 nomaster',
    'link set bond0 down',
  ]);
  expect(lines[3]).toContain('lacp_rate slow');
  // It need not be down for another hash: what somebody has put onto it stays.
  expect(bondCommands({ ...wish, hash: 'layer2' }, { links: wish.links, mac }, [bond, ...members])).toEqual([
    'link set bond0 type bond xmit_hash_policy layer2 miimon 100',
    'link set bond0 up',
  ]);
});
