import { describe, expect, it } from 'vitest';
import type { Link } from '../ip.ts';
import { checkPorts, refusals } from './check.ts';
import type { IngressPort } from './edge.ts';

const uplink: Link = {
  ifindex: 2,
  ifname: 'eth1',
  link_type: 'ether',
  mtu: 1500,
  address: '02:00:00:00:00:01',
  operstate: 'UP',
  flags: ['UP'],
};
const own: Link = {
  ...uplink,
  ifname: 'eth1.7',
  link: 'eth1',
  linkinfo: { info_kind: 'vlan', info_data: { id: 7 } },
};
const other: Link = {
  ...own,
  ifname: 'eth0.8',
  link: 'eth0',
  linkinfo: { info_kind: 'vlan', info_data: { id: 8 } },
};
const links = [uplink, own, other];
const lab: IngressPort = { vlan: 100, network: 'abcdefabcdef', name: 'lab', mtu: 1500 };

const refusedAs = (message: string, code = 'ERR_NETWORK_POOL') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
const check = (...ports: IngressPort[]) => checkPorts(ports, 'eth1', links);

describe('what an edge is to join', () => {
  it('can be, on an uplink that is there', () => {
    expect(check(lab, { ...lab, vlan: 8, name: 'too' })).toBe(uplink);
    expect(() => checkPorts([], 'eth9', links)).toThrow(refusedAs('eth9 is not there', 'ERR_NETWORK'));
    expect(() => checkPorts([], 'lo', [{ ...uplink, ifname: 'lo', link_type: 'loopback' }])).toThrow(
      refusedAs('is no Ethernet, but loopback', 'ERR_NETWORK'),
    );
  });

  it.each([0, -1, 4095, 1.5, Number.NaN])('has no id %s', (vlan) => {
    expect(() => check({ ...lab, vlan })).toThrow(refusedAs('is none: there are 1 to 4094'));
  });

  it('has ids of its own', () => {
    expect(() => check(lab, { ...lab, name: 'too' })).toThrow(
      refusedAs('network too: VLAN id 100 is that of network lab'),
    );
    expect(() => check({ ...lab, vlan: 7 })).toThrow(refusedAs('is the host’s own, on eth1.7'));
  });

  it('has no larger frames than the uplink', () => {
    expect(() => check({ ...lab, mtu: 1501 })).toThrow(
      refusedAs('its MTU 1501 is more than 1500', 'ERR_NETWORK'),
    );
    expect(() => checkPorts([lab], 'eth1', links, 50)).toThrow(
      refusedAs('more than 1450, the MTU of the uplink eth1 without the 50 bytes', 'ERR_NETWORK'),
    );
  });

  it('is refused one by one: what is left, can be joined', () => {
    const foreign: Link = { ...uplink, ifname: 'hv101', linkinfo: { info_kind: 'dummy' } };
    const ports = [
      lab,
      { ...lab, vlan: 7, network: 'b' },
      { ...lab, mtu: 9000, network: 'c' },
      { ...lab, vlan: 101, network: 'd' },
    ];
    const refused = refusals(ports, 'eth1', [...links, foreign]);
    expect([...refused].map(([network, { code }]) => `${network} ${code}`)).toEqual([
      'b ERR_NETWORK_POOL',
      'c ERR_NETWORK',
      'd ERR_NETWORK',
    ]);
    expect(refused.get('d')?.message).toContain('hv101 is there (dummy), and not the edge’s');
    expect(refusals(ports, 'eth9', links).size).toBe(4);
    for (const ifname of ['hs100', 'hx100'])
      expect(() => checkPorts([lab], 'eth1', [...links, { ...foreign, ifname }])).toThrow(
        refusedAs(`network lab: interface ${ifname} is there (dummy), and not the edge’s`, 'ERR_NETWORK'),
      );
  });
});
