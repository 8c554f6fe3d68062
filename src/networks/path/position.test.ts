import { describe, expect, test } from 'vitest';
import { linkCalled } from '../../../test/support/link.ts';
import type { Link } from '../ip.ts';
import { passagePorts, wayPorts } from './patch/names.ts';
import type { Surroundings } from './patch/scene.ts';
import { positionOf } from './position.ts';

const link = (
  ifindex: number,
  ifname: string,
  link_index?: number,
  more: Partial<Link> & { isolated?: boolean } = {},
): Link =>
  linkCalled(ifname, {
    ifindex,
    ...(link_index !== undefined && { link_index, link_netnsid: 0 }),
    ...more,
    linkinfo: {
      info_kind: link_index === undefined ? 'bridge' : 'veth',
      info_slave_data: { isolated: more.isolated === true },
    },
  });

/** As read of an application with a firewall and a shaper at `db` and an agent at `web`. */
const web = [link(2, 'eth0', 1101), link(3, 'heddle0', 7)];
const db = [link(2, 'eth0', 21)];
const ends = wayPorts({ pod: 'shop-db-1', ifindex: 2 });
const through = (fn: string, first: number) => {
  const key = {
    pod: 'shop-db-1',
    ifindex: 2,
    chain: '',
    function: fn,
    lane: 0,
    wire: 2,
    namespace: 1,
  } as const;
  const ports = passagePorts(key);
  const mark = { ifalias: `shop-db-1 2 ${fn} 0 2` };
  return [link(first, ports.outer, 3, mark), link(first + 1, ports.inner, 4, mark)];
};
const hops = (...order: number[]) => {
  const pairs = order.flatMap((port, at) => (at % 2 === 0 ? [[port, order[at + 1] ?? 0] as const] : []));
  return new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
};
const around: Surroundings = {
  places: {
    host: [link(1101, 'veth4', 2, { master: 'podman2' }), link(1103, 'hdl1', 22, { master: 'podman2' })],
    management: [
      link(2, 'management'),
      link(7, 'p2b5', 3, { master: 'management', ifalias: 'shop-web-1', isolated: true }),
    ],
    patch: [
      link(21, ends.pod, 2, { ifalias: 'shop-db-1 2 veth5 podman2' }),
      link(22, ends.switch, 1103, { ifalias: 'shop-db-1 2 veth5 podman2' }),
      ...through('shop-db-1.firewall', 31),
      ...through('shop-db-1.shaper', 41),
    ],
  },
  hops: hops(22, 41, 42, 31, 32, 21),
  heads: new Map(),
  groups: new Map(),
  attached: new Set(),
};

describe('the position of a pod', () => {
  test('is the bridge that its interface ends at, and its port on the management bridge', () => {
    const { attachments, management, how } = positionOf('shop-web-1', web, around);
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman2', path: [] }]);
    expect(management).toBe('isolated');
    expect(how).toEqual([
      'eth0 leads to the bridge podman2',
      'heddle0 ends at p2b5, a port of the management bridge (isolated)',
    ]);
  });

  test('is behind all functions in its path, the outermost first', () => {
    const { attachments, management, how } = positionOf('shop-db-1', db, around);
    const path = ['shop-db-1.shaper', 'shop-db-1.firewall'];
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman2', path }]);
    expect(management).toBe('none');
    expect(how).toEqual(['eth0 leads through shop-db-1.shaper, shop-db-1.firewall to the bridge podman2']);
  });

  test('is behind those alone that frames are led through', () => {
    const { attachments } = positionOf('shop-db-1', db, { ...around, hops: hops(22, 31, 32, 21) });
    expect(attachments[0]?.path).toEqual(['shop-db-1.firewall']);
  });

  test('is not at the panel for having an interface of the same number as another that is', () => {
    const host = [...around.places.host, link(21, 'veth9', 2, { master: 'podman3' })];
    const places = { ...around.places, host };
    const { attachments } = positionOf('shop-web-1', [link(2, 'eth0', 21)], { ...around, places });
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman3', path: [] }]);
  });

  test('is open when the port on the management bridge is not isolated', () => {
    const management = around.places.management.map((port) => ({
      ...port,
      linkinfo: { info_kind: 'veth' },
    }));
    const places = { ...around.places, management };
    expect(positionOf('shop-web-1', web, { ...around, places }).management).toBe('open');
  });

  test('of a function is not that of the ways that lead through it', () => {
    const bridge = { master: 'w-2' };
    const inside = [link(2, 'w-2'), link(3, 'o-2', 31, bridge), link(4, 'i-2', 32, bridge)];
    expect(positionOf('shop-db-1.firewall', inside, around).attachments).toEqual([]);
    const routed = [link(3, 'o-2', 31), link(4, 'i-2', 32), link(5, 'eth0', 1101)];
    const { attachments } = positionOf('shop-db-1.firewall', routed, around);
    expect(attachments.map((one) => one.interface)).toEqual(['eth0']);
  });
});
