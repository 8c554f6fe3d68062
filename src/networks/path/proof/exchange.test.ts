import { expect, test } from 'vitest';
import { exchangesOf, type Proved } from './exchange.ts';

const network = {
  bridge: 'br0',
  gateway: { mac: '02:00:00:00:00:ff', ips: ['10.0.0.1/24', 'fd00::1/64'] },
};
const own = { mac: '02:00:00:00:00:01', ips: ['10.0.0.2', 'fd00::2'] };
const peerOf = (...ips: string[]): Proved['peer'] => ({
  kind: 'addresses',
  byBridge: { br0: [{ mac: '02:00:00:00:00:03', ips }] },
});
const probe = { protocol: 'tcp', port: 80 } as const;

test('who is the `from` end opens, and the other answers', () => {
  const [exchange, ...others] = exchangesOf({ side: 'to', peer: peerOf('10.0.0.3'), probe }, network, own, 0);
  expect(others).toEqual([]);
  expect(exchange).toMatchObject({
    family: 'ipv4',
    opening: {
      direction: 'in',
      probe: { source: { ip: '10.0.0.3' }, destination: { ip: '10.0.0.2' }, destinationPort: 80 },
    },
    answer: {
      direction: 'out',
      probe: { source: { ip: '10.0.0.2' }, sourcePort: 80, destination: { ip: '10.0.0.3' }, isAnswer: true },
    },
  });
  const [reverse] = exchangesOf({ side: 'from', peer: peerOf('10.0.0.3'), probe }, network, own, 0);
  expect(reverse?.opening.direction).toBe('out');
  expect(reverse?.opening.probe.destination.ip).toBe('10.0.0.3');
});

test('there is one in each family of addresses that both have', () => {
  const families = (...ips: string[]) =>
    exchangesOf({ side: 'to', peer: peerOf(...ips), probe }, network, own, 0).map(({ family }) => family);
  expect(families('10.0.0.3', 'fd00::3')).toEqual(['ipv4', 'ipv6']);
  expect(families('fd00::3')).toEqual(['ipv6']);
  expect(families()).toEqual([]);
});

test('whoever is outside comes through the gateway', () => {
  const [exchange] = exchangesOf({ side: 'to', peer: { kind: 'outside' }, probe }, network, own, 0);
  expect(exchange?.opening.probe.source).toEqual({ mac: network.gateway.mac, ip: '192.0.2.1' });
  expect(exchangesOf({ side: 'to', peer: { kind: 'outside' }, probe }, { bridge: 'br0' }, own, 0)).toEqual(
    [],
  );
});

test('of a network it is somebody of that', () => {
  const [v4, v6] = exchangesOf(
    { side: 'to', peer: { kind: 'network', bridge: 'br0' }, probe },
    network,
    own,
    0,
  );
  expect(v4?.opening.probe.source.ip).toBe('10.0.0.254');
  expect(v6?.opening.probe.source.ip).toBe('fd00::ffff:ffff:ffff:fffe');
  expect(
    exchangesOf({ side: 'to', peer: { kind: 'network', bridge: 'br1' }, probe }, network, own, 0),
  ).toEqual([]);
});
