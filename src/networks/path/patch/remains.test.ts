import { expect, test } from 'vitest';
import { linkCalled } from '../../../../test/support/link.ts';
import { passagePorts, wayPorts } from './names.ts';
import { remainsOf } from './remains.ts';

const end = { pod: 'shop-db-1', ifindex: 2 };
const ways = wayPorts(end);
const ports = passagePorts({
  ...end,
  function: 'shop-db-1.firewall',
  lane: 0,
  wire: 2,
  chain: '',
  namespace: 1,
});
const mark = { ifalias: 'shop-db-1 2 veth5 podman2' };
const passage = { ifalias: 'shop-db-1 2 shop-db-1.firewall 0 2' };
const withoutPod = [
  linkCalled('lo', {}),
  linkCalled(ways.switch, mark),
  linkCalled(ports.outer, passage),
  linkCalled(ports.inner, passage),
];
const names = (busy: readonly string[], ...more: Parameters<typeof linkCalled>[0][]) =>
  remainsOf([...withoutPod, ...more.map((name) => linkCalled(name, mark))], busy).map(({ ifname }) => ifname);

test('what a way had at the panel remains when its pod has gone', () => {
  expect(names([])).toEqual([ways.switch, ports.outer, ports.inner]);
});

test('nothing does while the pod is there, or is to come', () => {
  expect(names([], ways.pod)).toEqual([]);
  expect(names(['shop-db-1'])).toEqual([]);
});
