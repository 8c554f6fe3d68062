import { expect, test } from 'vitest';
import { linkCalled } from '../../../test/support/link.ts';
import { ovsPort, withBridges } from './host-links.ts';

const link = (ifname: string, master?: string) =>
  linkCalled(
    ifname,
    master === undefined ? {} : { master, linkinfo: { info_kind: 'veth', info_slave_kind: 'bridge' } },
  );
const ports = (...names: string[]) => ({ ports: new Map(names.map((name) => [name, {}])) });
const bridges = new Map([['hbaaaaaaaaaaaa', ports('hp0000000000aa', 'hp0000000000bb')]]);

test('ports of Open vSwitch have its bridge as their master, and nobody else', () => {
  const links = [
    link('hp0000000000aa'),
    link('hp0000000000bb', 'ovs-system'),
    link('hp0000000000cc', 'hbcccccccccccc'),
    link('hp0000000000dd'),
    link('veth1'),
  ];
  expect(
    withBridges(links, { bridges }).map(({ master, linkinfo }) => [master, linkinfo?.info_slave_kind]),
  ).toEqual([
    ['hbaaaaaaaaaaaa', ovsPort],
    ['hbaaaaaaaaaaaa', ovsPort],
    ['hbcccccccccccc', 'bridge'],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});
