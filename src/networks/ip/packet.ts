import { HeddleError } from '../../lib/errors.ts';
import { broadcast, etherTypes, targetOf } from '../standard/target.ts';
import type { FrameWish, TraceStep } from '../standard/traffic.ts';
import { type Family, numberOf, type Prefix, prefixOf, sizeOf } from './prefix.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';
import { isIn } from './subnets.ts';

// What an endpoint makes of a wish to send something: a packet, and whom it gives it to on its network. Pure.

export interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** That it is sent to; absent where the protocol has none, or none was said. */
  readonly port?: number;
}

export interface Sending {
  /** Absent: what is sent is no IP packet, or it is not said which. */
  readonly packet?: Packet;
  readonly etherType: number;
  /** Whom the frame is given to, as the network below knows it; absent: it is never sent. */
  readonly next?: string;
  readonly step: TraceStep;
}

/** @throws HeddleError ERR_RESOURCE_INVALID, ERR_RESOURCE_UNKNOWN */
export function sendingOf(frame: FrameWish, network: IpNetwork, endpoints: readonly IpEndpoint[]): Sending {
  const sender = endpoints.find(({ name }) => name === frame.from);
  if (!sender) throw new HeddleError('ERR_RESOURCE_UNKNOWN', `endpoint ${frame.from}: there is none`);
  const target = targetOf(frame.to, endpoints);
  const { etherType = etherTypes.ipv4 } = frame;
  const framed = (next: string, rule: string): Sending => ({
    etherType,
    next,
    step: decided(sender, rule, `to ${next}`),
  });
  if (target.kind === 'all') return framed(broadcast, 'for many');
  if (target.kind === 'mac') return framed(target.mac, 'a MAC address');
  if (target.kind === 'address') return sendingTo(target.address, frame, sender, network, endpoints);
  const { mac, name, options } = target.endpoint;
  if (etherType !== etherTypes.ipv4 && etherType !== etherTypes.ipv6) return framed(mac, 'no IP');
  const family = etherType === etherTypes.ipv6 ? 6 : 4;
  const address = ofFamily(family, options.addresses);
  if (address === undefined) return { etherType, step: never(sender, `${name} has no IPv${family} address`) };
  return sendingTo(address, frame, sender, network, endpoints);
}

/** By the routes that the endpoint has (RFC 1122, 3.3.1). */
function sendingTo(
  destination: string,
  { protocol = 'icmp', port }: FrameWish,
  sender: IpEndpoint,
  network: IpNetwork,
  endpoints: readonly IpEndpoint[],
): Sending {
  const family: Family = destination.includes(':') ? 6 : 4;
  const etherType = family === 6 ? etherTypes.ipv6 : etherTypes.ipv4;
  const refused = (why: string): Sending => ({ etherType, step: never(sender, why) });
  const source = ofFamily(family, sender.options.addresses);
  if (source === undefined) return refused(`${sender.name} has no IPv${family} address`);
  const packet = { source, destination, protocol, ...(port !== undefined && { port }) };
  const sent = (next: string, rule: string): Sending => ({
    etherType,
    packet,
    next,
    step: decided(sender, rule, `to ${next}`),
  });
  const device = interfaceOf(sender);
  const many = macOfMany(destination, network);
  if (many !== undefined) return sent(many, 'for many');
  const subnet = network.options.subnets.find((one) => isIn(destination, prefixOf(one.subnet)));
  if (subnet) {
    const owner = endpoints.find(({ options }) => options.addresses.includes(destination));
    // Who is on another host is answered for by this one, whose routes lead there.
    const isBeyond = network.options.routed && owner?.attachment.kind === 'remote';
    const next = destination === subnet.gateway || isBeyond ? subnet.gateway : owner?.mac;
    return next === undefined
      ? refused(`nobody has ${destination} on ${network.name}`)
      : sent(next, `${subnet.subnet} dev ${device}`);
  }
  const gateway = ofFamily(
    family,
    network.options.subnets.flatMap((one) => one.gateway ?? []),
  );
  if (network.options.internal) return refused(`${network.name} is internal, and has no way out`);
  if (!sender.options.defaultRoute) return refused('the way out leads through another network');
  if (gateway === undefined) return refused(`${network.name} has no IPv${family} gateway`);
  return sent(gateway, `default via ${gateway} dev ${device}`);
}

function decided({ name }: IpEndpoint, rule: string, effect: string): TraceStep {
  return { place: 'endpoint', at: `endpoint ${name}`, rule, effect };
}

function never(sender: IpEndpoint, why: string): TraceStep {
  return decided(sender, why, 'dropped: it is never sent');
}

function ofFamily(family: Family, addresses: readonly string[]): string | undefined {
  return addresses.find((address) => address.includes(':') === (family === 6));
}

function interfaceOf({ attachment }: IpEndpoint): string {
  return attachment.kind === 'namespace' ? attachment.interface : attachment.kind;
}

/** RFC 1112, 6.4; RFC 2464, 7; RFC 919, 7. */
function macOfMany(address: string, { options }: IpNetwork): string | undefined {
  const { family, number } = numberOf(address);
  if (family === 6) return number >> 120n === 0xffn ? `33:33:${hexOf(number & 0xffffffffn, 4)}` : undefined;
  if (number >> 28n === 0xen) return `01:00:5e:${hexOf(number & 0x7fffffn, 3)}`;
  const isForAll =
    number === 0xffffffffn || options.subnets.some(({ subnet }) => number === lastOf(prefixOf(subnet)));
  return isForAll ? broadcast : undefined;
}

/** The last of IPv4 means all; there is none such of IPv6. */
function lastOf(prefix: Prefix): bigint | undefined {
  return prefix.family === 4 ? prefix.first + sizeOf(prefix) - 1n : undefined;
}

function hexOf(number: bigint, bytes: number): string {
  return number
    .toString(16)
    .padStart(bytes * 2, '0')
    .match(/../g)!
    .join(':');
}
