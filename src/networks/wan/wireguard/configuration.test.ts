import { expect, test } from 'vitest';
import type { TunnelPeer, TunnelWish } from '../link-kind.ts';
import { columnOf, configurationOf, endpointOf } from './configuration.ts';

const path = { id: 1, name: 'eth1>eth1', uplink: 'eth1', local: '192.0.2.1', remote: '192.0.2.2', cost: 0 };
const peer: TunnelPeer = {
  node: 'b',
  address: 'fd00::2',
  port: 51_820,
  keys: { current: 'CURRENT', next: 'NEXT' },
  remotes: ['192.0.2.2'],
  path,
  mtu: 1440,
};
const wish: TunnelWish = {
  interface: 'hwan0',
  address: 'fd00::1',
  port: 51_820,
  mtu: 1440,
  privateKey: 'PRIVATE',
  uplinks: ['eth1'],
  peers: [peer],
};

test('each node may send from its own address alone, and its next key from none before it is in use', () => {
  expect(configurationOf(wish)).toBe(`[Interface]
PrivateKey = PRIVATE
ListenPort = 51820
FwMark = 0x48574c
[Peer]
PublicKey = CURRENT
AllowedIPs = fd00::2/128
PersistentKeepalive = 5
Endpoint = 192.0.2.2:51820
[Peer]
PublicKey = NEXT
`);
});

test('where a node is found is not said before a path is known, and in brackets over IPv6', () => {
  expect(endpointOf({ ...peer, path: undefined })).toBe('');
  expect(endpointOf({ ...peer, path: { ...path, remote: '2001:db8::2' } })).toBe('[2001:db8::2]:51820');
  expect(configurationOf({ ...wish, peers: [{ ...peer, path: undefined }] })).not.toContain('Endpoint');
});

test('what wg shows is read by public key', () => {
  expect(columnOf('KEY\t192.0.2.2:51820\nOTHER\t(none)\n')).toEqual(
    new Map([
      ['KEY', '192.0.2.2:51820'],
      ['OTHER', '(none)'],
    ]),
  );
});
