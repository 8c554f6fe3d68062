import { describe, expect, it } from 'vitest';
import type { Link } from '../../ip.ts';
import type { IngressPort } from '../edge.ts';
import { familyIn, vxlanOptions } from './options.ts';
import { type Forwarding, peerChanges, peersAmong, peersKept } from './peers.ts';
import { tunnelChanges } from './tunnels.ts';

const lab: IngressPort = { vlan: 100, network: 'abcdefabcdef', name: 'lab', mtu: 1450 };
const wish = { uplink: 'eth1', local: '192.0.2.1', port: 4789 };
const tunnel: Link = {
  ifindex: 8,
  ifname: 'hx100',
  ifalias: 'heddle ingress abcdefabcdef lab',
  mtu: 1450,
  address: '02:00:00:00:00:01',
  operstate: 'UP',
  flags: ['UP'],
  linkinfo: {
    info_kind: 'vxlan',
    info_data: { id: 100, link: 'eth1', local: '192.0.2.1', port: 4789 },
  },
};

describe('tunnels', () => {
  it('are made where there are none, and left alone where they are as they should be', () => {
    expect(tunnelChanges([lab], wish, [])).toEqual([
      'link add hx100 mtu 1450 type vxlan id 100 dev eth1 local 192.0.2.1 dstport 4789 learning maxaddress 16384',
      'link set hx100 alias "heddle ingress abcdefabcdef lab" addrgenmode none',
    ]);
    expect(tunnelChanges([lab], wish, [tunnel])).toEqual([]);
  });

  it('are made anew where they lead elsewhere, and go with their network', () => {
    for (const other of [{ uplink: 'eth2' }, { local: '192.0.2.9' }, { port: 8472 }])
      expect(tunnelChanges([lab], { ...wish, ...other }, [tunnel])[0]).toBe('link del hx100');
    expect(tunnelChanges([], wish, [tunnel])).toEqual(['link del hx100']);
    expect(tunnelChanges([{ ...lab, mtu: 1400 }], wish, [tunnel])).toEqual(['link set hx100 mtu 1400']);
  });
});

describe('peers of a tunnel', () => {
  const everybody = '00:00:00:00:00:00';
  const entry = (mac: string, dst: string): Forwarding => ({ mac, ifname: 'hx100', dst });
  const change = (peers: readonly string[], ...entries: Forwarding[]) =>
    peerChanges(['hx100'], peers, entries);

  it('come before others go', () => {
    expect(
      change(['192.0.2.3'], entry(everybody, '192.0.2.2'), entry('02:00:00:00:00:07', '192.0.2.2')),
    ).toEqual({
      copies: [
        `fdb append ${everybody} dev hx100 dst 192.0.2.3`,
        `fdb del ${everybody} dev hx100 dst 192.0.2.2`,
      ],
      stale: ['fdb del 02:00:00:00:00:07 dev hx100 dst 192.0.2.2'],
    });
  });

  it('are left alone, however they are written', () => {
    expect(change(['FD00:0::2'], entry(everybody, 'fd00::2'))).toEqual({ copies: [], stale: [] });
    const others = { mac: everybody, ifname: 'vxlan7', dst: '192.0.2.9' };
    expect(change(['192.0.2.2'], entry(everybody, '192.0.2.2'), others)).toEqual({ copies: [], stale: [] });
  });

  it('are the hosts that have said where they are, each by its address of the family', () => {
    const hosts = [['192.0.2.2', 'fd00::2'], [], ['FD00:0::3', '192.0.2.3'], ['192.0.2.2'], ['; drop']];
    expect(peersAmong(hosts, 'inet')).toEqual(['192.0.2.2', '192.0.2.3']);
    expect(peersAmong(hosts, 'inet6')).toEqual(['fd00::2', 'fd00::3']);
    expect(peersAmong([], 'inet')).toEqual([]);
  });

  it('are those that there were while nobody said which', () => {
    const entries = [
      entry(everybody, '192.0.2.3'),
      entry(everybody, '192.0.2.2'),
      entry('02:00:00:00:00:07', '192.0.2.9'),
      { ...entry(everybody, '192.0.2.2'), ifname: 'hx7' },
      { ...entry(everybody, '192.0.2.8'), ifname: 'vxlan7' },
    ];
    expect(peersKept(entries)).toEqual(['192.0.2.2', '192.0.2.3']);
  });
});

it.each([
  [{ peers: [] }, 'peers'],
  [{ peers: ['192.0.2.2', 'fd00::2'] }, 'two families'],
  [{ peers: ['here'] }, 'is no IP address'],
  [{ peers: ['192.0.2.2'], port: 0 }, 'port'],
  [{ peers: ['192.0.2.2'], vni: 7 }, 'vni'],
])('%j is refused', (options, why) => {
  expect(vxlanOptions.safeParse(options).error?.message).toContain(why);
});

it.each([
  [{ peers: ['fd00::2'], local: '192.0.2.1' }, 'inet6'],
  [{ local: 'fd00::1' }, 'inet6'],
  [{}, 'inet'],
])('%j is over %s', (options, family) => {
  expect(familyIn(vxlanOptions.parse(options))).toBe(family);
});
