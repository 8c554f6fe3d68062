import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import type { Link } from '../ip.ts';
import type { IngressPort } from './edge.ts';
import { checkName } from './marks.ts';
import { portName, stubName, tunnelName } from './names.ts';

/** Ids that name a network (IEEE 802.1Q, 9.6): 0 is none, 4095 is reserved. */
export const vlanIds = { first: 1, last: 4094 } as const;

/**
 * Checks what an edge is to join against what the host has. Pure. `overhead`: bytes that the edge adds to a frame and the
 * uplink's MTU counts. `isOverIp`: the uplink need be no Ethernet.
 * @returns the uplink
 * @throws HeddleError ERR_NETWORK, ERR_NETWORK_POOL
 */
export function checkPorts(
  ports: readonly IngressPort[],
  uplink: string,
  links: readonly Link[],
  overhead = 0,
  isOverIp = false,
): Link {
  const link = links.find(({ ifname }) => ifname === uplink);
  if (!link) throw new HeddleError('ERR_NETWORK', `the edge’s uplink ${uplink} is not there`);
  if (link.link_type !== 'ether' && !isOverIp)
    throw new HeddleError('ERR_NETWORK', `the edge’s uplink ${uplink} is no Ethernet, but ${link.link_type}`);
  const byHost = vlansOn(link, links);
  const largest = link.mtu - overhead;
  const names = new Map<number, string>();
  for (const { vlan, name, mtu } of ports) {
    const refused = (why: string) =>
      new HeddleError('ERR_NETWORK_POOL', `network ${name}: VLAN id ${vlan} ${why}`);
    if (!Number.isInteger(vlan) || vlan < vlanIds.first || vlan > vlanIds.last)
      throw refused(`is none: there are ${vlanIds.first} to ${vlanIds.last}`);
    if (names.has(vlan)) throw refused(`is that of network ${names.get(vlan)}`);
    if (byHost.has(vlan)) throw refused(`is the host’s own, on ${byHost.get(vlan)}`);
    if (mtu > largest) {
      const less = overhead > 0 ? ` without the ${overhead} bytes that the edge adds` : '';
      throw new HeddleError(
        'ERR_NETWORK',
        `network ${name}: its MTU ${mtu} is more than ${largest}, the MTU of the uplink ${uplink}${less}`,
        { hint: `give the network an MTU of at most ${largest}, or the uplink one of ${mtu + overhead}` },
      );
    }
    for (const own of [portName(vlan), stubName(vlan), tunnelName(vlan)])
      checkName(own, links, `network ${name}`);
    names.set(vlan, name);
  }
  return link;
}

/** Why some ports cannot be joined on this host, by their networks: what is left, can be. Pure. */
export function refusals(
  ports: readonly IngressPort[],
  uplink: string,
  links: readonly Link[],
  overhead = 0,
  isOverIp = false,
): ReadonlyMap<string, HeddleError> {
  return new Map(
    ports.flatMap((port) => {
      try {
        checkPorts([port], uplink, links, overhead, isOverIp);
        return [];
      } catch (error) {
        return [[port.network, toHeddleError(error)] as const];
      }
    }),
  );
}

/** VLAN ids that the host itself uses on an interface, and by which. Pure. */
export function vlansOn({ ifname }: Link, links: readonly Link[]): ReadonlyMap<number, string> {
  return new Map(
    links.flatMap((link) => {
      const id = link.linkinfo?.info_kind === 'vlan' && link.link === ifname && link.linkinfo.info_data?.id;
      return typeof id === 'number' ? [[id, link.ifname] as const] : [];
    }),
  );
}
