import { expect, test } from 'vitest';
import { answerTo, openingsOf, type Proved } from './exchange.ts';

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

test('who is the `from` end opens', () => {
  const [opening, ...others] = openingsOf({ side: 'to', peer: peerOf('10.0.0.3'), probe }, network, own, 0);
  expect(others).toEqual([]);
  expect(opening).toMatchObject({
    family: 'ipv4',
    direction: 'in',
    probe: { source: { ip: '10.0.0.3' }, destination: { ip: '10.0.0.2' }, destinationPort: 80 },
  });
  const [reverse] = openingsOf({ side: 'from', peer: peerOf('10.0.0.3'), probe }, network, own, 0);
  expect(reverse?.direction).toBe('out');
  expect(reverse?.probe.destination.ip).toBe('10.0.0.3');
});

test('the other answers what it sees, which functions may have changed', () => {
  const [opening] = openingsOf({ side: 'to', peer: peerOf('10.0.0.3'), probe }, network, own, 0);
  const gateway = { mac: network.gateway.mac, ip: '10.0.0.1' };
  const pod = { mac: own.mac, ip: '10.0.0.2' };
  const arrived = { source: gateway, destination: pod, sourcePort: 40_000, destinationPort: 8080 };
  expect(answerTo(opening!, arrived)).toEqual({
    direction: 'out',
    probe: {
      kind: 'tcp',
      source: pod,
      destination: gateway,
      sourcePort: 8080,
      destinationPort: 40_000,
      isAnswer: true,
    },
  });
});

test('there is one in each family of addresses that both have', () => {
  const families = (...ips: string[]) =>
    openingsOf({ side: 'to', peer: peerOf(...ips), probe }, network, own, 0).map(({ family }) => family);
  expect(families('10.0.0.3', 'fd00::3')).toEqual(['ipv4', 'ipv6']);
  expect(families('fd00::3')).toEqual(['ipv6']);
  expect(families()).toEqual([]);
});

test('whoever is outside comes through the gateway', () => {
  const [exchange] = openingsOf({ side: 'to', peer: { kind: 'outside' }, probe }, network, own, 0);
  expect(exchange?.probe.source).toEqual({ mac: network.gateway.mac, ip: '192.0.2.1' });
  expect(openingsOf({ side: 'to', peer: { kind: 'outside' }, probe }, { bridge: 'br0' }, own, 0)).toEqual([]);
});

test('of a network it is somebody of that', () => {
  const [v4, v6] = openingsOf(
    { side: 'to', peer: { kind: 'network', bridge: 'br0' }, probe },
    network,
    own,
    0,
  );
  expect(v4?.probe.source.ip).toBe('10.0.0.254');
  expect(v6?.probe.source.ip).toBe('fd00::ffff:ffff:ffff:fffe');
  expect(
    openingsOf({ side: 'to', peer: { kind: 'network', bridge: 'br1' }, probe }, network, own, 0),
  ).toEqual([]);
});
