import { expect, test } from 'vitest';
import { linkAddress } from './addresses.ts';
import { newKeyPair } from './keys.ts';
import { linkKinds } from './kinds.ts';
import type { LinkEnd } from './link-end.ts';
import { type Link, ledPaths, pathsTo, type Surroundings, tunnelWish, watchOf } from './planned.ts';
import { wanSettings } from './settings.ts';
import { linkStatus } from './shown.ts';

const end = (node: string, address: string, more: Partial<LinkEnd> = {}): LinkEnd => ({
  site: `site-${node}`,
  kind: 'wireguard',
  address: linkAddress(node),
  port: 51_820,
  livenessPort: 51_821,
  uplinks: [{ name: 'eth1', network: 'internet', address, cost: 3 }],
  keys: { current: newKeyPair().publicKey },
  knows: {},
  ...more,
});
const own = end('a', '192.0.2.1');
const other = end('b', '192.0.2.2');
const around: Surroundings = {
  here: 'a',
  settings: wanSettings.parse({ uplinks: [{ interface: 'eth1' }] }),
  kind: linkKinds.wireguard,
  keys: { current: newKeyPair(), since: 0 },
  uplinks: [
    { name: 'eth1', address: '192.0.2.1', prefixLength: 24, gateway: undefined, isUp: true, mtu: 1500 },
  ],
  reports: new Map(),
};
const [path] = pathsTo(around, own, 'b', other);
const id = path?.id ?? 0;
const link = (more: Partial<Link> = {}): Link => ({
  node: 'b',
  end: other,
  paths: pathsTo(around, own, 'b', other),
  choice: { path: id, reason: 'the first' },
  ...more,
});
const report = { id, isUp: true, since: 0, delay: 12.34567, loss: 0.01, falls: 1, mtu: 1400, usedThere: 0 };
const history = { since: 0, moves: 2, handshake: undefined, now: 1000 };
const measured: Surroundings = { ...around, reports: new Map([[id, report]]) };
const shown = (there: Surroundings, more: Partial<Link> = {}) =>
  linkStatus(there, own.address, link(more), history);

test('a link is shown with what was measured of its path, and what that leaves for packets', () => {
  expect(shown(measured)).toMatchObject({
    node: 'b',
    site: 'site-b',
    state: 'up',
    uplink: 'eth1',
    delay: 12.346,
    loss: 0.01,
    mtu: 1340,
    reason: 'the first',
    moves: 2,
    paths: [{ name: 'eth1>eth1', up: true, used: true, cost: 6, mtu: 1400, falls: 1 }],
  });
});

test('one that is silent, that can be by no path, or is of another kind says so', () => {
  expect(shown(around)).toMatchObject({
    state: 'down',
    delay: null,
    reason: 'eth1>eth1: none answers; it is used until one does',
  });
  expect(shown(around, { paths: [] })).toMatchObject({
    state: 'failed',
    reason: 'no uplink of this node leads to the network of one of its uplinks',
  });
  const vxlan = end('b', '192.0.2.2', { kind: 'vxlan' });
  expect(pathsTo(around, own, 'b', vxlan)).toEqual([]);
  expect(shown(around, { end: vxlan, paths: [] }).reason).toBe(
    'its links are of kind vxlan, and this node’s of kind wireguard',
  );
});

test('links that are plain need an Ethernet, and have all of it', () => {
  const kind = linkKinds.plain;
  const beside = end('b', '192.0.2.2', { kind: 'plain' });
  const plain = { ...measured, kind };
  const paths = pathsTo(plain, own, 'b', beside);
  expect(shown(plain, { end: beside, paths })).toMatchObject({ state: 'up', private: false, mtu: 1400 });
  expect(tunnelWish(plain, own, [link({ end: beside, paths })])).toMatchObject({
    mtu: 1500,
    uplinks: ['eth1'],
  });
  const routed = end('b', '198.51.100.2', { kind: 'plain' });
  expect(pathsTo(plain, own, 'b', routed)).toEqual([]);
  expect(shown(plain, { end: routed, paths: [] })).toMatchObject({
    state: 'failed',
    reason: 'no uplink of b is on the Ethernet of eth1 (192.0.2.1/24), as links of kind plain need it',
  });
});

test('a link whose path answers, and that carries nothing, says so', () => {
  const at = (now: number, handshake?: number, there = measured) =>
    linkStatus(there, own.address, link(), { ...history, handshake, now });
  expect(at(190_000).state).toBe('up');
  expect(at(190_001)).toMatchObject({
    state: 'down',
    reason: 'eth1>eth1: it answers on UDP 51821, and nothing passes on UDP 51820',
  });
  expect(at(300_000, 120_000).state).toBe('up');
  // There nobody agrees on keys.
  expect(at(300_000, undefined, { ...measured, kind: linkKinds.vxlan }).reason).not.toContain(
    'nothing passes',
  );
});

test('packets are as small as they have to be, until it is known what passes', () => {
  const sizes = (there: Surroundings) => {
    const wish = tunnelWish(there, own, [link()]);
    return [wish.mtu, wish.peers[0]?.mtu];
  };
  expect(sizes(around)).toEqual([1440, 1280]);
  expect(sizes(measured)).toEqual([1440, 1340]);
  const small = { ...around.uplinks[0], name: 'lte0', mtu: 1400 } as Surroundings['uplinks'][number];
  const whole = { ...measured, reports: new Map([[id, { ...report, mtu: 1500 }]]) };
  expect(sizes({ ...whole, uplinks: [...around.uplinks, small] })).toEqual([1340, 1340]);
});

test('each address has a way, and that which is used has the way that was chosen', () => {
  const two = end('b', '192.0.2.2', {
    uplinks: ['192.0.2.2', '192.0.2.3'].map((address, index) => ({
      name: `eth${index + 1}`,
      network: 'internet',
      address,
      cost: 0,
    })),
  });
  const uplinks = [...own.uplinks, { name: 'eth2', network: 'internet', address: '192.0.2.9', cost: 0 }];
  const paths = pathsTo(around, { ...own, uplinks }, 'b', two);
  const chosen = paths.find(({ name }) => name === 'eth2>eth2');
  const led = ledPaths([link({ paths, choice: { path: chosen?.id, reason: '' } })]);
  expect(new Map(led.map(({ remote, uplink }) => [remote, uplink]))).toEqual(
    new Map([
      ['192.0.2.2', 'eth1'],
      ['192.0.2.3', 'eth2'],
    ]),
  );
});

test('while keys change, what is said by the old ones is heard as well', () => {
  const changing = {
    ...around,
    keys: { ...around.keys, next: newKeyPair() },
  };
  const there = { ...other, keys: { ...other.keys, next: newKeyPair().publicKey } };
  expect(watchOf(around, [link()]).paths[0]?.hears).toHaveLength(1);
  const watched = watchOf(changing, [link({ end: there })]).paths[0];
  expect(watched?.hears).toHaveLength(4);
  expect(watched).toMatchObject({ id, local: '192.0.2.1', remote: '192.0.2.2', used: id });
});
