import { describe, expect, test } from 'vitest';
import { linkCalled } from '../../../../test/support/link.ts';
import type { Link } from '../../ip.ts';
import { ovsPort } from '../host-links.ts';
import type { Way } from './legs.ts';
import { wayPorts } from './names.ts';
import { innerMark, isPlugged, outsideNames, switchOf } from './outside.ts';

const veth = (ifindex: number, ifname: string, link_index: number, more: Partial<Link> = {}) =>
  linkCalled(ifname, { ifindex, link_index, linkinfo: { info_kind: 'veth' }, ...more });
const bridge = (ifname: string, info_kind = 'bridge'): Link => ({
  ...veth(1, ifname, 0),
  linkinfo: { info_kind },
});
const slaveOf = (master: string, info_slave_kind: string) => ({
  master,
  linkinfo: { info_kind: 'veth', info_slave_kind },
});

const id = '0123456789ab';
const port = `hp${id}`;
const mark = `heddle endpoint ${id} ip.lab/shop-db-1`;

describe('what the outer end of a wire is called', () => {
  test('as the endpoint’s port, whose place it takes, with its mark', () => {
    const before = veth(7, port, 2, { ifalias: mark });
    expect(outsideNames('shop-db-1', { ifindex: 2 }, port, 'hb1', before).port).toEqual({
      name: port,
      alias: mark,
      endpoint: id,
    });
    expect(outsideNames('shop-db-1', { ifindex: 2 }, port, 'hb1', undefined).port.alias).toBe(
      `heddle endpoint ${id}`,
    );
  });

  test('by a name of its own before one of an engine’s', () => {
    const { waiting, port: own } = outsideNames('shop-db-1', { ifindex: 2 }, 'veth5', 'podman2', undefined);
    expect(own).toEqual(waiting);
    expect(own).toEqual({
      name: expect.stringMatching(/^hdl[0-9a-f]{11}$/),
      alias: 'heddle shop-db-1 2 podman2',
    });
  });
});

test('the name of an endpoint’s port is known of one that was moved, and nothing more', () => {
  expect(innerMark(veth(9, 'i-2', 2, { ifalias: mark }))).toEqual({ original: port });
  expect(innerMark(veth(9, 'i-2', 2, { ifalias: `shop-db-1 2 ${port}` }))).toEqual({
    pod: 'shop-db-1',
    original: port,
  });
});

describe('the switch of a port', () => {
  test('is its master, of the kernel or of Open vSwitch, and no bond', () => {
    expect(switchOf(veth(7, port, 2, slaveOf('hb1', 'bridge')), [])).toEqual({ bridge: 'hb1', isOvs: false });
    expect(switchOf(veth(7, port, 2, slaveOf('hb1', ovsPort)), [])).toEqual({ bridge: 'hb1', isOvs: true });
    expect(switchOf(veth(7, 'veth5', 2, slaveOf('bond0', 'bond')), [])).toBeUndefined();
  });

  test('is where the end of a wire was to be whose insertion was cut short', () => {
    const cut = (where: string) => veth(7, 'hdl0', 2, { ifalias: `heddle shop-db-1 2 ${where}` });
    const ovs = 'hbaaaaaaaaaaaa';
    expect(switchOf(cut('podman2'), [bridge('podman2')])).toEqual({ bridge: 'podman2', isOvs: false });
    expect(switchOf(cut(ovs), [bridge(ovs, 'tun')])).toEqual({ bridge: ovs, isOvs: true });
    expect(switchOf(cut('podman2'), [])).toBeUndefined();
    expect(switchOf(undefined, [bridge(ovs)], ovs)).toEqual({ bridge: ovs, isOvs: false });
  });
});

describe('a way leads over the panel', () => {
  const ends = wayPorts({ pod: 'shop-db-1', ifindex: 2 });
  const led = (original: string, host: readonly Link[]) => {
    const peer = veth(9, ends.pod, 2, { ifalias: `shop-db-1 2 ${original}` });
    const way: Way = { own: veth(2, 'eth0', 9), place: 'patch', peer };
    return isPlugged(way, { host, patch: [peer, veth(3, ends.switch, 8)] });
  };

  test('when its end on the host has the place of the endpoint’s port, and is open', () => {
    expect(led(port, [veth(8, port, 3)])).toBe(true);
    expect(led(port, [veth(8, 'hdl0', 3)])).toBe(false);
    expect(led(port, [veth(8, port, 3, { flags: [] })])).toBe(false);
    expect(led(port, [])).toBe(false);
  });

  test('when its end on the host is a port of the engine’s bridge', () => {
    expect(led('veth5', [veth(8, 'hdl0', 3, { master: 'podman2' })])).toBe(true);
    expect(led('veth5', [veth(8, 'hdl0', 3)])).toBe(false);
  });
});
