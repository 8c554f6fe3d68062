import { expect, test } from 'vitest';
import type { PublishedPort } from '../../descriptor/application.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { reachableAddressOf } from './reachable-address.ts';

const port = (name: string, target: number, protocol: 'tcp' | 'udp' = 'tcp'): PublishedPort => ({
  name,
  port: target,
  target,
  protocol,
  application: 'stream',
});
const ports = [port('http', 80), port('dns', 53, 'udp')];
const networks = [
  { network: 'back', ipv4: '10.89.1.2' },
  { network: 'front', ipv4: '10.89.0.2', ipv6: 'fd00::2' },
  { network: 'six', ipv6: 'fd01::2' },
];
const inside = { http: 80, dns: 53 };

function placed(...published: readonly string[]) {
  const all = published.map((text): ObservedContainer['ports'][number] => {
    const [host = '', target = ''] = text.split('->');
    return { host, target };
  });
  return reachableAddressOf({ networks, ports: all }, ['front', 'back'], ports);
}

test.each([
  ['at every address', ['0.0.0.0:8080->80/tcp', '0.0.0.0:5353->53/udp'], null],
  [
    'at every address of both families',
    ['0.0.0.0:8080->80/tcp', ':::8080->80/tcp', '0.0.0.0:5353->53/udp', ':::5353->53/udp'],
    null,
  ],
  ['at one address', ['10.2.0.11:8080->80/tcp', '10.2.0.11:5353->53/udp'], '10.2.0.11'],
  [
    'at a loopback, too',
    ['127.0.0.1:9->80/tcp', '10.2.0.11:8080->80/tcp', '10.2.0.11:5353->53/udp'],
    '10.2.0.11',
  ],
])('what the host publishes %s is reached at the host', (_, published, address) =>
  expect(placed(...published)).toEqual({ address, ports: { http: 8080, dns: 5353 } }),
);

test.each([
  ['nothing', []],
  ['one of two ports', ['0.0.0.0:8080->80/tcp']],
  ['them at a loopback only', ['127.0.0.1:8080->80/tcp', '::1:8080->80/tcp', '127.0.0.1:5353->53/udp']],
  ['them at two addresses', ['10.2.0.11:8080->80/tcp', '10.2.0.12:5353->53/udp']],
])('where it publishes %s, the container is reached on the first of its networks', (_, published) =>
  expect(placed(...published)).toEqual({ address: '10.89.0.2', ports: inside }),
);

test('a network of IPv6 alone does as well, and one that no file names', () => {
  const at = (...order: readonly string[]) =>
    reachableAddressOf({ networks, ports: [] }, order, ports)?.address;
  expect(at('six', 'front')).toBe('fd01::2');
  expect(at()).toBe('10.89.1.2');
});

test('what shares the host’s network is at the host, and what has no address yet nowhere', () => {
  expect(reachableAddressOf(undefined, [], ports)).toEqual({ address: null, ports: inside });
  expect(reachableAddressOf({ networks: [], ports: [] }, ['front'], ports)).toBeUndefined();
});
