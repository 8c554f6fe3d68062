import { describe, expect, test } from 'vitest';
import { type ChainMatch, type PeerEntry, selectionOf } from './selection.ts';

const web = { mac: '02:00:00:00:00:0b', ips: ['10.9.0.11', 'fd09::b'] };
const chains: ChainMatch[] = [
  {
    side: 'to',
    ports: [{ protocol: 'tcp', from: 80, to: 89 }],
    peer: { kind: 'addresses', byBridge: { br0: [web] } },
  },
  { side: 'to', ports: [], peer: { kind: 'outside' } },
  { side: 'from', ports: [{ protocol: 'udp', from: 53, to: 53 }], peer: { kind: 'network', bridge: 'br0' } },
];
const gateway = { mac: '02:00:00:00:00:01', ips: ['10.9.0.1/24'] };
const [ofWeb, ofOutside, ofNetwork] = [1n, 2n, 4n];

/** The chains of an address as the kernel finds them: of the longest prefix that it is in. */
function chainsOf(peers: readonly PeerEntry[], address: readonly number[]): bigint | undefined {
  const bit = (bytes: readonly number[], at: number) => ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
  const fits = peers.filter(({ address: prefix, length }) =>
    Array.from({ length }, (_, at) => bit(prefix, at) === bit(address, at)).every(Boolean),
  );
  return fits.sort((a, b) => b.length - a.length)[0]?.chains;
}

const ipv4 = (text: string) => [...Array<number>(10).fill(0), 255, 255, ...text.split('.').map(Number)];
const hardware = (mac: string) => [
  ...Array<number>(10).fill(255),
  ...mac.split(':').map((byte) => Number.parseInt(byte, 16)),
];
const ipv6 = (first: number, second: number, last: number) => [
  first,
  second,
  ...Array<number>(13).fill(0),
  last,
];

describe('of which chains somebody is', () => {
  const { peers } = selectionOf(chains, { bridge: 'br0', gateway });
  test.each([
    ['a service', ipv4('10.9.0.11'), ofWeb | ofNetwork],
    ['the same over IPv6', ipv6(0xfd, 0x09, 0x0b), ofWeb | ofNetwork],
    ['the same without IP', hardware(web.mac), ofWeb | ofNetwork],
    ['others on the network', ipv4('10.9.0.77'), ofNetwork],
    ['the gateway', ipv4('10.9.0.1'), ofOutside],
    ['the gateway without IP', hardware(gateway.mac), ofOutside],
    ['somebody far away', ipv4('203.0.113.9'), ofOutside],
    ['somebody far away over IPv6, where nothing leads out', ipv6(0x20, 0x01, 9), undefined],
    ['all on the link', ipv4('224.0.0.251'), 0n],
    ['all on the link over IPv6', ipv6(0xff, 0x02, 1), 0n],
    ['whoever has an address of the link alone', ipv6(0xfe, 0x80, 9), ofWeb | ofNetwork],
  ])('%s', (_who, address, mask) => {
    expect(chainsOf(peers, address)).toBe(mask);
  });

  test('nobody of another network', () => {
    const other = selectionOf(chains.slice(0, 1), { bridge: 'br1', gateway });
    expect(chainsOf(other.peers, ipv4('10.9.0.11'))).toBe(0n);
  });
});

test('ports are those of the `to` end, and without any everything is of a chain', () => {
  expect(selectionOf(chains, { bridge: 'br0' }).rules).toEqual([
    { chain: 0, protocol: 6, from: 80, to: 89, atPeer: false },
    { chain: 1, protocol: 0, from: 0, to: 0, atPeer: false },
    { chain: 2, protocol: 17, from: 53, to: 53, atPeer: true },
  ]);
});
