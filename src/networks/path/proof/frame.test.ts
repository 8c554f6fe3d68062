import { expect, test } from 'vitest';
import { frameOf, type Probe, type Tag } from './frame.ts';

const tag: Tag = { secret: Buffer.alloc(16, 0xab), number: 7, end: 1 };
const ipv4: Probe = {
  kind: 'tcp',
  source: { mac: '02:00:00:00:00:01', ip: '10.0.0.1' },
  destination: { mac: '02:00:00:00:00:02', ip: '10.0.0.2' },
  sourcePort: 701,
  destinationPort: 80,
  isAnswer: false,
};
const ipv6: Probe = {
  ...ipv4,
  source: { ...ipv4.source, ip: 'fd00::1' },
  destination: { ...ipv4.destination, ip: 'fd00::2' },
};

/** The sum of 16-bit words, carries added: all ones where a checksum among them is right (RFC 1071). */
function sumOf(...parts: readonly Buffer[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

function pseudo(addresses: Buffer, protocol: number, length: number): Buffer {
  const rest = Buffer.alloc(8);
  rest.writeUInt32BE(length, 0);
  rest.writeUInt32BE(protocol, 4);
  return Buffer.concat([addresses, rest]);
}

test.each([
  ['tcp', 6],
  ['udp', 17],
] as const)('a probe of %s over IPv4 has the sums that it is to have', (kind, protocol) => {
  const frame = frameOf({ ...ipv4, kind }, tag);
  const [header, segment] = [frame.subarray(14, 34), frame.subarray(34)];
  expect(sumOf(header)).toBe(0xffff);
  expect(header.readUInt16BE(2)).toBe(frame.length - 14);
  expect(sumOf(pseudo(header.subarray(12), protocol, segment.length), segment)).toBe(0xffff);
});

test('so has one of ICMP', () => {
  expect(sumOf(frameOf({ ...ipv4, kind: 'icmp' }, tag).subarray(34))).toBe(0xffff);
});

test.each([
  ['tcp', 6],
  ['udp', 17],
  ['icmp', 58],
] as const)('so has one of %s over IPv6', (kind, protocol) => {
  const frame = frameOf({ ...ipv6, kind }, tag);
  const [header, segment] = [frame.subarray(14, 54), frame.subarray(54)];
  expect(header.readUInt16BE(4)).toBe(segment.length);
  expect(sumOf(pseudo(header.subarray(8), protocol, segment.length), segment)).toBe(0xffff);
});

test('one opens a flow, and the other answers it', () => {
  expect(frameOf(ipv4, tag)[34 + 13]).toBe(0x02);
  expect(frameOf({ ...ipv4, isAnswer: true }, tag)[34 + 13]).toBe(0x12);
  expect(frameOf({ ...ipv4, kind: 'icmp' }, tag)[34]).toBe(8);
  expect(frameOf({ ...ipv6, kind: 'icmp', isAnswer: true }, tag)[54]).toBe(129);
});

test('its end says which probe it is', () => {
  const end = frameOf(ipv4, tag).subarray(-32);
  expect(end.subarray(0, 8).toString('latin1')).toBe('!HEDDLE1');
  expect(end.subarray(8, 24)).toEqual(tag.secret);
  expect([end.readUInt16BE(24), end.readUInt16BE(26)]).toEqual([7, 1]);
});
