import { HeddleError } from '../../lib/errors.ts';
import type { Link } from '../ip.ts';
import type { IngressPort } from '../nve/edge.ts';
import { portName } from '../nve/names.ts';
import { isOvs, type LinuxNetwork } from './commands.ts';
import { aliasOf, bridgeName, isOwn } from './names.ts';

// The port by which a network is joined to the node's edge. Pure.

export type TrunkedNetwork = LinuxNetwork & { readonly vlan: number };

export function isTrunked(network: LinuxNetwork): network is TrunkedNetwork {
  return network.vlan !== undefined;
}

/** What it is called on this host. */
export function trunkOf({ vlan }: TrunkedNetwork): string {
  return portName(vlan);
}

/** What the edge is told of a network. */
export function ingressOf({ id, name, mtu, vlan, program }: TrunkedNetwork): IngressPort {
  return { vlan, network: id, name, mtu, ...(program !== undefined && { program }) };
}

/** Lines for `ip -batch`. */
export function settleTrunk(network: TrunkedNetwork): string[] {
  const { id, name, mtu } = network;
  const trunk = trunkOf(network);
  const mark = `link set ${trunk} alias "${aliasOf('ingress', id, name)}" mtu ${mtu} up`;
  // A port of Open vSwitch is one by its database.
  return isOvs(network) ? [mark] : [`${mark} master ${bridgeName(id)}`];
}

export function isTrunk(link: Link | undefined, network: TrunkedNetwork): boolean {
  return (
    link !== undefined &&
    isOwn(link.ifalias, network.id) &&
    link.mtu === network.mtu &&
    link.flags.includes('UP') &&
    (isOvs(network) || link.master === bridgeName(network.id))
  );
}

export function noEdge({ name, vlan }: TrunkedNetwork): HeddleError {
  return new HeddleError(
    'ERR_EDGE_ABSENT',
    `network ${name}: vlan: ${vlan}: this node has no edge to the physical network`,
  );
}
