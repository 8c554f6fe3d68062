import { deleteLinks, ipBatch, ipJson, type Link, type Namespace } from '../../ip.ts';
import { aliasOf, serverPortName } from '../../linux/names.ts';
import { keaSubnet } from '../dhcp.ts';
import { prefixOf } from '../prefix.ts';
import type { IpNetwork } from '../settle.ts';
import { inside } from './kea.ts';

/** Of the host, by name. */
export type Links = ReadonlyMap<string, Link>;

export async function veths(host: Namespace): Promise<Links> {
  const links = await ipJson<Link>(host, ['link', 'show', 'type', 'veth']);
  return new Map(links.map((link) => [link.ifname, link]));
}

/** Whether the port of a network's server is on its bridge, and the other end is up: it is at last. Pure. */
export function isJoined({ id, mtu }: IpNetwork, bridge: string, links: Links): boolean {
  const port = links.get(serverPortName(id));
  return port?.master === bridge && port.mtu === mtu && port.flags.includes('LOWER_UP');
}

/** A veth from the bridge into the namespace of a process, with which it goes. */
export async function joinServer(
  network: IpNetwork,
  bridge: string,
  pid: number,
  host: Namespace,
): Promise<void> {
  await deleteLinks(host, [serverPortName(network.id)]);
  await ipBatch(host, portLines(network, bridge, pid));
  await ipBatch({ pid }, insideLines(network));
}

function portLines({ id, name, mtu }: IpNetwork, bridge: string, pid: number): string[] {
  const port = serverPortName(id);
  return [
    `link add ${port} mtu ${mtu} type veth peer name ${inside} mtu ${mtu} netns /proc/${pid}/ns/net`,
    `link set ${port} alias "${aliasOf('network', id, name)}" addrgenmode none master ${bridge} up`,
  ];
}

/** It speaks from the address of the host, which others ask for: here nobody answers for it, nor asks for anything. */
function insideLines({ options }: IpNetwork): string[] {
  const { subnet = '', gateway } = options.subnets[keaSubnet(options) ?? -1] ?? {};
  return [
    `link set ${inside} arp off addrgenmode none`,
    `address add ${gateway}/${prefixOf(subnet).length} dev ${inside}`,
    `link set ${inside} up`,
  ];
}
