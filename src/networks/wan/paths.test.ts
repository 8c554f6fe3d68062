import { expect, test } from 'vitest';
import { linkAddress, linksNetwork } from './addresses.ts';
import { newKeyPair } from './keys.ts';
import { type LinkEnd, linkEndIn } from './link-end.ts';
import { pathsBetween } from './paths.ts';

const uplink = (name: string, network: string, address: string, cost = 0) => ({
  name,
  network,
  address,
  cost,
});
const end = (...uplinks: LinkEnd['uplinks']): LinkEnd => ({
  site: 'here',
  kind: 'wireguard',
  address: linkAddress('a'),
  port: 51_820,
  livenessPort: 51_821,
  uplinks,
  keys: { current: newKeyPair().publicKey },
  knows: {},
});

test('paths are between uplinks to one network, of one family, and known by the same number at both ends', () => {
  const a = {
    node: 'a',
    end: end(uplink('eth1', 'internet', '192.0.2.1', 5), uplink('eth2', 'mpls', '10.0.0.1')),
  };
  const b = {
    node: 'b',
    end: end(uplink('wan', 'internet', '198.51.100.1', 7), uplink('v6', 'internet', '2001:db8::1')),
  };
  const [path, ...others] = pathsBetween(a, b);
  expect(others).toEqual([]);
  expect(path).toMatchObject({ name: 'eth1>wan', local: '192.0.2.1', remote: '198.51.100.1', cost: 12 });
  expect(pathsBetween(b, a)).toEqual([expect.objectContaining({ id: path?.id, name: 'wan>eth1' })]);
});

test('nodes have addresses on links that are made from their names', () => {
  expect(linkAddress('a')).toMatch(/^fd[0-9a-f]{2}:/);
  expect(linkAddress('a')).not.toBe(linkAddress('b'));
  expect(linkAddress('a').startsWith(linksNetwork.split('::')[0] ?? '')).toBe(true);
});

test('what others wrote is taken as it was meant, or not at all', () => {
  const said = end(uplink('eth1', 'internet', '192.0.2.1'));
  expect(linkEndIn('a', said)).toEqual(said);
  expect(linkEndIn('b', said)).toBeUndefined();
  for (const wrong of [
    { ...said, keys: { current: 'x\nAllowedIPs = ::/0' } },
    { ...said, uplinks: [uplink('eth1; reboot', 'internet', '192.0.2.1')] },
    { ...said, address: '::1 dev lo' },
    { ...said, kind: 'magic' },
    { ...said, uplinks: [uplink('eth1', 'internet', 'fe80::1%eth0')] },
    { ...said, uplinks: [uplink('eth1', 'internet', '192.0.514')] },
    { ...said, uplinks: [uplink('eth1', 'internet', '224.0.0.1')] },
    // Points of small order (RFC 7748, 6.1): nobody can agree on keys with them.
    ...[0, 1].map((first) => ({ ...said, keys: { current: base64([first]) } })),
    { ...said, keys: { ...said.keys, next: base64([]) } },
    null,
  ])
    expect(linkEndIn('a', wrong)).toBeUndefined();
});

test('an address is the same however it was written, and an entry of nobody is nothing', () => {
  const written = end(uplink('eth1', 'internet', '2001:DB8:0::1'));
  expect(linkEndIn('a', written)?.uplinks[0]?.address).toBe('2001:db8::1');
  const odd = 'a\nb';
  expect(linkEndIn(odd, { ...written, address: linkAddress(odd) })).toBeUndefined();
});

function base64(bytes: number[]): string {
  return Buffer.from([...bytes, ...Buffer.alloc(32 - bytes.length)]).toString('base64');
}
