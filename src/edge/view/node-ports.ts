import ipaddr from 'ipaddr.js';
import type { Copy, EdgeNode, EdgePort } from '../model.ts';

/**
 * Where the addresses of a copy's node answer for it, by the name of the port: the copy's own number when it has an address
 * of the node, else the proxy there, else a NodePort. A port for which nothing is known is left out. Pure.
 */
export function nodePortsOf(
  copy: Copy,
  ports: readonly EdgePort[],
  node: EdgeNode | undefined,
): Record<string, number> {
  const isNodes = node?.addresses.map(normal).includes(normal(copy.address)) ?? false;
  const found = ports.flatMap((port): [string, number][] => {
    const number = isNodes ? (copy.ports[port.name] ?? port.port) : elsewhere(copy, port, node);
    return number === undefined ? [] : [[port.name, number]];
  });
  return Object.fromEntries(found);
}

function elsewhere({ nodePorts }: Copy, port: EdgePort, node: EdgeNode | undefined): number | undefined {
  const isProxied = node?.proxy && port.protocol === 'tcp' && !port.notAtNodes;
  return isProxied ? port.port : nodePorts?.[port.name];
}

function normal(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;
}
