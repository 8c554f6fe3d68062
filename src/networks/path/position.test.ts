import { describe, expect, test } from 'vitest';
import { linkCalled } from '../../../test/support/link.ts';
import type { Link } from '../ip.ts';
import { type LinkTables, positionOf } from './position.ts';

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

/** As read of an application with a firewall at `db` and an agent at `web`. */
const web = [link(2, 'eth0', 1101), link(3, 'heddle0', 7)];
const db = [link(2, 'eth0', 1102)];
const wire = [
  link(2, 'w-2'),
  link(3, 'o-2', 1103, { master: 'w-2' }),
  link(1102, 'i-2', 2, { master: 'w-2', ifalias: 'shop-db-1 2 veth5' }),
];
const tables: LinkTables = {
  host: [link(1101, 'veth4', 2, { master: 'podman2' }), link(1103, 'hdl1', 3, { master: 'podman2' })],
  management: [
    link(2, 'management'),
    link(7, 'p2b5', 3, { master: 'management', ifalias: 'shop-web-1', isolated: true }),
  ],
  functions: { 'shop-db-1.firewall': wire },
};

describe('the position of a pod', () => {
  test('is the bridge that its interface ends at, and its port on the management bridge', () => {
    const { attachments, management, how } = positionOf('shop-web-1', web, tables);
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman2', path: [] }]);
    expect(management).toBe('isolated');
    expect(how).toEqual([
      'eth0 leads to the bridge podman2',
      'heddle0 ends at p2b5, a port of the management bridge (isolated)',
    ]);
  });

  test('is behind the function in its path', () => {
    const { attachments, management } = positionOf('shop-db-1', db, tables);
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman2', path: ['shop-db-1.firewall'] }]);
    expect(management).toBe('none');
  });

  test('is behind one whose wire was cut short, whose inner end has the mark of the endpoint still', () => {
    const [bridge, outer, inner] = wire as [Link, Link, Link];
    const cut = [bridge, outer, { ...inner, ifalias: 'heddle endpoint 0123456789ab ip.lab/shop-db-1' }];
    const { attachments } = positionOf('shop-db-1', db, {
      ...tables,
      functions: { 'shop-db-1.firewall': cut },
    });
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman2', path: ['shop-db-1.firewall'] }]);
  });

  test('is behind all functions in its path, the outermost first', () => {
    const outer = [
      link(2, 'w-2'),
      link(3, 'o-2', 1104, { master: 'w-2' }),
      link(1103, 'i-2', 3, { master: 'w-2', ifalias: 'shop-db-1 2 hdl1' }),
    ];
    const { attachments } = positionOf('shop-db-1', db, {
      ...tables,
      host: [link(1104, 'hdl2', 3, { master: 'podman2' })],
      functions: { ...tables.functions, 'shop-db-1.shaper': outer },
    });
    const path = ['shop-db-1.shaper', 'shop-db-1.firewall'];
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman2', path }]);
  });

  test('is not behind a function that only has interfaces of the same numbers', () => {
    const { attachments } = positionOf('shop-web-1', [link(2, 'eth0', 1102)], {
      ...tables,
      host: [...tables.host, link(1102, 'veth9', 2, { master: 'podman3' })],
    });
    expect(attachments).toEqual([{ interface: 'eth0', bridge: 'podman3', path: [] }]);
  });

  test('is open when the port on the management bridge is not isolated', () => {
    const management = tables.management.map((port) => ({ ...port, linkinfo: { info_kind: 'veth' } }));
    expect(positionOf('shop-web-1', web, { ...tables, management }).management).toBe('open');
  });

  test('of a function is not that of the wires that end in it', () => {
    expect(positionOf('shop-db-1.firewall', wire, tables).attachments).toEqual([]);
  });
});
