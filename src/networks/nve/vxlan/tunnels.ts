import ipaddr from 'ipaddr.js';
import type { Link } from '../../ip.ts';
import { aliasOf, isOwn } from '../../linux/names.ts';
import type { IngressPort } from '../edge.ts';
import { tunnelName } from '../names.ts';
import { tunnelsOf } from '../stubs.ts';

// The VXLAN devices of the kernel (RFC 7348), one for each network, which is known by its VLAN id on the way. Pure.

/** Addresses that a tunnel learns; frames to more go to all hosts. A tenant could fill the host's memory with them. */
const mostAddresses = 16_384;

export interface TunnelWish {
  readonly uplink: string;
  /** The host's address that they lead from. */
  readonly local: string;
  readonly port: number;
}

/** Lines for `ip -batch` that make the host's tunnels those of the ports; none when they are. */
export function tunnelChanges(
  ports: readonly IngressPort[],
  wish: TunnelWish,
  links: readonly Link[],
): string[] {
  const found = new Map(tunnelsOf(links).map((link) => [link.ifname, link]));
  const wanted = new Map(ports.map((port) => [tunnelName(port.vlan), port]));
  const isKept = (link: Link) => {
    const port = wanted.get(link.ifname);
    return port !== undefined && isOwn(link.ifalias, port.network) && isTunnel(link, port.vlan, wish);
  };
  const surplus = [...found.values()].filter((link) => !isKept(link));
  const gone = new Set(surplus.map(({ ifname }) => ifname));
  return [
    ...surplus.map(({ ifname }) => `link del ${ifname}`),
    ...ports.flatMap((port) => {
      const name = tunnelName(port.vlan);
      const kept = gone.has(name) ? undefined : found.get(name);
      if (!kept) return create(port, wish);
      return kept.mtu === port.mtu ? [] : [`link set ${name} mtu ${port.mtu}`];
    }),
  ];
}

function create({ vlan, mtu, network, name }: IngressPort, { uplink, local, port }: TunnelWish): string[] {
  const tunnel = tunnelName(vlan);
  return [
    `link add ${tunnel} mtu ${mtu} type vxlan id ${vlan} dev ${uplink} local ${local} dstport ${port} learning maxaddress ${mostAddresses}`,
    `link set ${tunnel} alias "${aliasOf('ingress', network, name)}" addrgenmode none`,
  ];
}

function isTunnel({ linkinfo }: Link, vlan: number, wish: TunnelWish): boolean {
  const { id, port, link, local, local6 } = linkinfo?.info_data ?? {};
  const from = local ?? local6;
  return (
    link === wish.uplink &&
    id === vlan &&
    port === wish.port &&
    from !== undefined &&
    ipaddr.parse(from).toString() === ipaddr.parse(wish.local).toString()
  );
}
