import { describe, expect, it } from 'vitest';
import type { Link } from '../ip.ts';
import type { IngressPort } from './edge.ts';
import { stubChanges, stubsDown, stubsOf } from './stubs.ts';

const lab: IngressPort = { vlan: 100, network: 'abcdefabcdef', name: 'lab', mtu: 1500 };
const stub: Link = {
  ifindex: 7,
  ifname: 'hs100',
  ifalias: 'heddle ingress abcdefabcdef lab',
  mtu: 1500,
  address: '02:00:00:00:00:01',
  operstate: 'UP',
  flags: ['UP'],
};

describe('stubs', () => {
  it('are made where there are none', () => {
    expect(stubChanges([lab], [])).toEqual([
      'link add hs100 mtu 1500 type veth peer name hv100 mtu 1500',
      'link set hs100 alias "heddle ingress abcdefabcdef lab"',
      'link set hv100 addrgenmode none',
    ]);
  });

  it('are left alone where they are as they should be', () => {
    expect(stubChanges([lab], [stub])).toEqual([]);
  });

  it('go when nobody wants them, and are made anew for another network', () => {
    expect(stubChanges([], [stub])).toEqual(['link del hs100']);
    const [first, second] = stubChanges([{ ...lab, network: '000000000000' }], [stub]);
    expect(first).toBe('link del hs100');
    expect(second).toContain('link add hs100');
  });

  it('take the MTU of their network', () => {
    expect(stubChanges([{ ...lab, mtu: 1400 }], [stub])).toEqual(['link set hs100 mtu 1400']);
  });

  it('are Heddle’s only with its mark', () => {
    expect(stubsOf([{ ...stub, ifalias: 'mine' }, { ...stub, ifname: 'eth0' }, stub])).toEqual([stub]);
    expect(stubsDown([stub, { ...stub, flags: [] }])).toEqual(['hs100']);
  });
});
