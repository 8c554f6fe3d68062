import ipaddr from 'ipaddr.js';

// Frames by hand, as a program with NET_RAW can send them.

const bytes = (mac: string) => Buffer.from(mac.replaceAll(':', ''), 'hex');
const address = (text: string) => Buffer.from(ipaddr.parse(text).toByteArray());
const u16 = (...values: number[]) =>
  Buffer.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));

export const types = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

export function ethernet(to: string, from: string, type: number | Buffer, payload: Buffer): Buffer {
  return Buffer.concat([bytes(to), bytes(from), typeof type === 'number' ? u16(type) : type, payload]);
}

/** A tag of IEEE 802.1Q in front of a type; the network 0 is that of frames without one. */
export function tagged(type: number, vlan = 0, tag = 0x8100): Buffer {
  return u16(tag, vlan, type);
}

export function arp(
  operation: 1 | 2,
  sender: [mac: string, ip: string],
  target: [mac: string, ip: string],
): Buffer {
  return Buffer.concat([
    u16(1, types.ipv4, 0x0604, operation),
    ...[sender, target].flatMap(([mac, ip]) => [bytes(mac), address(ip)]),
  ]);
}

export function udp(from: [ip: string, port: number], to: [ip: string, port: number], data: string): Buffer {
  const segment = Buffer.concat([u16(from[1], to[1], 8 + data.length, 0), Buffer.from(data)]);
  const sum = checksum(Buffer.concat([pseudoHeader(from[0], to[0], 17, segment.length), segment]));
  segment.writeUInt16BE(sum === 0 ? 0xffff : sum, 6);
  return from[0].includes(':') ? ipv6(from[0], to[0], 17, segment) : ipv4(from[0], to[0], 17, segment);
}

/** The first message of an association (RFC 9260, 3.3.2); `tag`: the sender's. */
export function sctpInit(
  from: [ip: string, port: number],
  to: [ip: string, port: number],
  tag: number,
): Buffer {
  return ipv4(from[0], to[0], 132, sctpInitPacket(from[1], to[1], tag));
}

/** Without what is around it: what it is after its ports were translated. */
export function sctpInitPacket(from: number, to: number, tag: number): Buffer {
  const chunk = u16(0x0100, 20, tag >>> 16, tag & 0xffff, 0, 0xffff, 1, 1, 0, 1);
  const packet = Buffer.concat([u16(from, to, 0, 0, 0, 0), chunk]);
  packet.writeUInt32LE(crc32c(packet), 8);
  return packet;
}

/** RFC 9260, appendix A. */
function crc32c(data: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  return ~sum >>> 0;
}

function ipv4(from: string, to: string, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.concat([
    u16(0x4500, 20 + payload.length, 0, 0x4000, (64 << 8) | protocol, 0),
    address(from),
    address(to),
  ]);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

export function ipv6(from: string, to: string, next: number, payload: Buffer, hops = 64): Buffer {
  return Buffer.concat([
    u16(0x6000, 0, payload.length, (next << 8) | hops),
    address(from),
    address(to),
    payload,
  ]);
}

/** A message of neighbour discovery (RFC 4861): hop limit 255. */
export function discovery(from: string, to: string, type: number, body: Buffer): Buffer {
  return ipv6(from, to, 58, icmpv6(from, to, type, body), 255);
}

export function icmpv6(from: string, to: string, type: number, body: Buffer): Buffer {
  const message = Buffer.concat([u16(type << 8, 0), body]);
  message.writeUInt16BE(checksum(Buffer.concat([pseudoHeader(from, to, 58, message.length), message])), 2);
  return message;
}

/** An advertisement of an address (RFC 4861, 4.4), with what may stand behind it. */
export function advertised(target: string, ...options: Buffer[]): Buffer {
  return Buffer.concat([u16(0x2000, 0), address(target), ...options]);
}

/** The option that tells a link-layer address (RFC 4861, 4.6.1). */
export function linkLayer(type: 1 | 2, mac: string): Buffer {
  return Buffer.concat([Buffer.from([type, 1]), bytes(mac)]);
}

/** A fragment (RFC 8200, 4.5) of what follows an IPv6 header. `offset` in bytes, a multiple of 8. */
export function fragment(
  from: string,
  to: string,
  next: number,
  payload: Buffer,
  offset: number,
  more: boolean,
): Buffer {
  const header = Buffer.concat([Buffer.from([next, 0]), u16(offset | (more ? 1 : 0)), u16(0x1234, 0x5678)]);
  return ipv6(from, to, 44, Buffer.concat([header, payload]), 255);
}

function pseudoHeader(from: string, to: string, protocol: number, length: number): Buffer {
  const ends = [address(from), address(to)];
  return from.includes(':')
    ? Buffer.concat([...ends, u16(0, length, 0, protocol)])
    : Buffer.concat([...ends, u16(protocol, length)]);
}

/** RFC 1071. */
function checksum(data: Buffer): number {
  const even = data.length % 2 === 0 ? data : Buffer.concat([data, Buffer.alloc(1)]);
  let sum = 0;
  for (let at = 0; at < even.length; at += 2) sum += even.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
