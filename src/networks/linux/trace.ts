import { invalidError } from '../standard/parsed.ts';
import { broadcast, etherTypes, targetOf } from '../standard/target.ts';
import type { FrameWish, Trace } from '../standard/traffic.ts';
import { bridgeMac, type LinuxEndpoint, type LinuxNetwork } from './commands.ts';
import { type LearningSwitch, switched } from './switching.ts';

/** A frame as its sender would make it. */
export interface AddressedFrame {
  readonly source: string;
  readonly destination: string;
  readonly etherType: number;
}

/** Where a frame on a network goes, by what its switch has learned. Pure. `endpoints`: those of the network. */
export function traceOf(
  frame: FrameWish,
  network: LinuxNetwork,
  endpoints: readonly LinuxEndpoint[],
  learned: LearningSwitch,
): Trace {
  const addressed = addressedFrame(frame, network, endpoints);
  const { step, outcome, to } = switched(learned, frame.from, addressed.destination);
  return { ...addressed, steps: [step], outcome, to };
}

/** @throws HeddleError ERR_RESOURCE_INVALID for an address that nobody is known by */
function addressedFrame(
  { from, to, sourceMac, etherType }: FrameWish,
  network: LinuxNetwork,
  endpoints: readonly LinuxEndpoint[],
): AddressedFrame {
  const source = sourceMac ?? endpoints.find(({ name }) => name === from)?.mac ?? '';
  const target = targetOf(to, endpoints);
  const isIpv6 = target.kind === 'address' && target.address.includes(':');
  const type = etherType ?? (isIpv6 ? etherTypes.ipv6 : etherTypes.ipv4);
  const framed = (destination: string) => ({ source, destination, etherType: type });
  if (target.kind === 'all') return framed(broadcast);
  if (target.kind === 'endpoint') return framed(target.endpoint.mac);
  if (target.kind === 'mac') return framed(target.mac);
  const has = (addresses: readonly string[]) =>
    addresses.some((address) => address.split('/')[0] === target.address);
  const owner = endpoints.find(({ options }) => has(options.addresses));
  if (owner) return framed(owner.mac);
  if (has(network.options.addresses)) return framed(bridgeMac(network.id));
  throw invalidError(
    `a frame to ${target.address}: nobody is known to have the address on ${network.name}`,
    'name a MAC address',
  );
}
