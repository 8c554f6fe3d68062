import ipaddr from 'ipaddr.js';
import type { Probe as ProbeKind } from '../../../descriptor/chain.ts';
import type { Peer, PeerAddress, WayNetwork } from '../selection.ts';
import type { Place, Probe } from './frame.ts';
import type { Direction } from './stops.ts';
import type { SeenFlow } from './verdict.ts';

// By which probes a chain is proved on a way. Pure.

/** What opens a flow between a pod and somebody at the other end of a chain. */
export interface Opening extends Leg {
  readonly family: 'ipv4' | 'ipv6';
}

export interface Leg {
  readonly direction: Direction;
  readonly probe: Probe;
}

/** What of a chain its probes depend on. */
export interface Proved {
  readonly side: 'from' | 'to';
  readonly peer: Peer;
  readonly probe: ProbeKind;
}

/** Ports that no program is given by the kernel, and few take: the flows of probes are nobody else's. */
const probePorts = { first: 700, number: 300 } as const;
/** Nobody's (RFC 5737, 3; RFC 3849). */
const outside = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' } as const;
/** Nobody's: bit 1 of the first byte says that it was not bought (IEEE 802, 8.2.2). */
const nobody = '02:68:65:64:64:6c';

const families = ['ipv4', 'ipv6'] as const;

/** One a family; none where nobody is at the other end. `own`: where the pod is on the network; `salt`: any number. */
export function openingsOf(
  { side, peer, probe }: Proved,
  network: WayNetwork,
  own: PeerAddress,
  salt: number,
): Opening[] {
  return families.flatMap((family) => {
    const ip = ofFamily(own.ips, family);
    const other = placeOf(peer, network, family);
    if (ip === undefined || !other) return [];
    const pod = { mac: own.mac, ip };
    const [from, to] = side === 'from' ? [pod, other] : [other, pod];
    const ports = {
      sourcePort: probePorts.first + (salt % probePorts.number),
      destinationPort: 'port' in probe ? probe.port : 0,
    };
    const opening: Probe = { kind: probe.protocol, source: from, destination: to, ...ports, isAnswer: false };
    return [{ family, direction: side === 'from' ? 'out' : 'in', probe: opening }];
  });
}

/** What answers one, by what it said where it arrived: whoever is there answers that. */
export function answerTo({ direction, probe }: Leg, arrived: SeenFlow): Leg {
  const isEcho = probe.kind === 'icmp';
  return {
    direction: direction === 'in' ? 'out' : 'in',
    probe: {
      kind: probe.kind,
      source: arrived.destination,
      destination: arrived.source,
      sourcePort: isEcho ? probe.destinationPort : arrived.destinationPort,
      destinationPort: isEcho ? probe.sourcePort : arrived.sourcePort,
      isAnswer: true,
    },
  };
}

function placeOf(peer: Peer, network: WayNetwork, family: Opening['family']): Place | undefined {
  const { gateway } = network;
  switch (peer.kind) {
    case 'addresses': {
      const all = peer.byBridge[network.bridge] ?? [];
      return all.flatMap(({ mac, ips }) => {
        const ip = ofFamily(ips, family);
        return ip === undefined ? [] : [{ mac, ip }];
      })[0];
    }
    case 'outside':
      return gateway && ofFamily(addressesOf(gateway), family) !== undefined
        ? { mac: gateway.mac, ip: outside[family] }
        : undefined;
    case 'network': {
      const cidr = gateway?.ips.find((one) => kindOf(one) === family);
      return peer.bridge === network.bridge && cidr !== undefined
        ? { mac: nobody, ip: lastOf(cidr) }
        : undefined;
    }
  }
}

function addressesOf({ ips }: PeerAddress): string[] {
  return ips.map((cidr) => cidr.split('/')[0] ?? '');
}

function ofFamily(ips: readonly string[], family: Opening['family']): string | undefined {
  return ips.find((ip) => ipaddr.parse(ip).kind() === family);
}

function kindOf(cidr: string): Opening['family'] {
  return ipaddr.parseCIDR(cidr)[0].kind();
}

/** The last address of a network that is a host's. */
function lastOf(cidr: string): string {
  const [address, length] = ipaddr.parseCIDR(cidr);
  const bytes = address.toByteArray();
  for (let bit = length; bit < bytes.length * 8; bit++) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  // That with all bits set is everybody's in IPv4 (RFC 919, 7).
  bytes[bytes.length - 1]! &= 0xfe;
  return ipaddr.fromByteArray(bytes).toString();
}
