// Interfaces of the edge are named by what is unique on the host, and what a capture shows: the VLAN id.

/** The interface that becomes a port of the network's bridge. */
export function portName(vlan: number): string {
  return `hv${vlan}`;
}

/** Its other end, at the edge. */
export function stubName(vlan: number): string {
  return `hs${vlan}`;
}

/** The interface that wraps a network's frames, where the edge has one for each. */
export function tunnelName(vlan: number): string {
  return `hx${vlan}`;
}

/** Of nftables: what keeps strangers away from the tunnels. */
export const guardTable = 'heddle_vxlan';
