import { addressBytes } from '../../../lib/address-bytes.ts';
import { macBytes } from '../../../lib/mac.ts';

// Frames of probes, as dataplane/probe.h has them. Pure.

/** `HEDDLE` and a number. */
const magic = Buffer.from('!HEDDLE1');
/** Bytes of the secret that a probe bears. */
export const secretBytes = 16;
const tagBytes = 32;
const ethernetBytes = 14;

/** IANA, Protocol Numbers. */
const protocols = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 } as const;
/** RFC 9293, 3.1. */
const flags = { syn: 0x02, ack: 0x10 } as const;

/** One that opens a flow, or answers it. */
export interface Probe {
  readonly kind: 'tcp' | 'udp' | 'icmp';
  readonly source: Place;
  readonly destination: Place;
  /** Of TCP and UDP. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly isAnswer: boolean;
}

/** Both addresses of a probe are of one family. */
export interface Place {
  readonly mac: string;
  readonly ip: string;
}

/** What a probe is known by on its way. */
export interface Tag {
  /** 16 bytes. */
  readonly secret: Buffer;
  /** Of those that bear it, below 65536. */
  readonly number: number;
  /** Of the way, that it comes from: the pod's, or the one that leads to the network. */
  readonly end: 0 | 1;
}

export function frameOf(probe: Probe, tag: Tag): Buffer {
  const [source, destination] = [addressBytes(probe.source.ip), addressBytes(probe.destination.ip)];
  const isIpv4 = source.length === 4;
  const transport = Buffer.concat([headerOf(probe, isIpv4), tagBytesOf(tag)]);
  const protocol = probe.kind === 'icmp' && !isIpv4 ? protocols.icmpv6 : protocols[probe.kind];
  const pseudo = pseudoHeader(source, destination, protocol, transport.length);
  // ICMP has none (RFC 792), ICMPv6 has (RFC 4443, 2.3).
  const sum = checksum(protocol === protocols.icmp ? [transport] : [pseudo, transport]);
  transport.writeUInt16BE(probe.kind === 'udp' && sum === 0 ? 0xffff : sum, checksumAt[probe.kind]);
  const header = isIpv4
    ? ipv4Header(source, destination, protocol, transport.length)
    : ipv6Header(source, destination, protocol, transport.length);
  return Buffer.concat([ethernetHeader(probe, isIpv4), header, transport]);
}

const checksumAt = { tcp: 16, udp: 6, icmp: 2 } as const;

function tagBytesOf({ secret, number, end }: Tag): Buffer {
  const bytes = Buffer.alloc(tagBytes);
  magic.copy(bytes);
  secret.copy(bytes, magic.length, 0, secretBytes);
  bytes.writeUInt16BE(number, magic.length + secretBytes);
  bytes.writeUInt16BE(end, magic.length + secretBytes + 2);
  return bytes;
}

function headerOf({ kind, sourcePort, destinationPort, isAnswer }: Probe, isIpv4: boolean): Buffer {
  const header = Buffer.alloc(kind === 'tcp' ? 20 : 8);
  if (kind === 'icmp') {
    // An echo and its reply (RFC 792; RFC 4443, 4).
    const [request, reply] = isIpv4 ? [8, 0] : [128, 129];
    header.writeUInt8(isAnswer ? reply : request, 0);
    header.writeUInt16BE(isAnswer ? destinationPort : sourcePort, 4);
    return header;
  }
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  if (kind === 'udp') {
    header.writeUInt16BE(8 + tagBytes, 4);
    return header;
  }
  // Numbers of a probe's own: whoever follows the flow sees one that is opened, and answered.
  header.writeUInt32BE(isAnswer ? 2000 : 1000, 4);
  header.writeUInt32BE(isAnswer ? 1001 + tagBytes : 0, 8);
  header.writeUInt8(5 << 4, 12);
  header.writeUInt8(isAnswer ? flags.syn | flags.ack : flags.syn, 13);
  header.writeUInt16BE(64240, 14);
  return header;
}

function ethernetHeader({ source, destination }: Probe, isIpv4: boolean): Buffer {
  const header = Buffer.alloc(ethernetBytes);
  macBytes(destination.mac).copy(header, 0);
  macBytes(source.mac).copy(header, 6);
  header.writeUInt16BE(isIpv4 ? 0x0800 : 0x86dd, 12);
  return header;
}

/** RFC 791, 3.1. */
function ipv4Header(source: Uint8Array, destination: Uint8Array, protocol: number, length: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(header.length + length, 2);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  header.set(source, 12);
  header.set(destination, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

/** RFC 8200, 3. */
function ipv6Header(source: Uint8Array, destination: Uint8Array, protocol: number, length: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(length, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(64, 7);
  header.set(source, 8);
  header.set(destination, 24);
  return header;
}

/** What a checksum is of besides (RFC 9293, 3.1; RFC 8200, 8.1): the sum is the same for both versions. */
function pseudoHeader(source: Uint8Array, destination: Uint8Array, protocol: number, length: number): Buffer {
  const rest = Buffer.alloc(8);
  rest.writeUInt32BE(length, 0);
  rest.writeUInt32BE(protocol, 4);
  return Buffer.concat([source, destination, rest]);
}

/** RFC 1071. All parts but the last have an even length. */
function checksum(parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts)
    for (let at = 0; at < part.length; at += 2)
      sum += at + 1 < part.length ? part.readUInt16BE(at) : part.readUInt8(at) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
