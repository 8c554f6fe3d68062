import ipaddr from 'ipaddr.js';
import { type Copy, type EdgeNode, type EdgePort, numberOf } from '../model/model.ts';

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
    const number = isNodes ? (numberOf(copy.ports, port) ?? port.port) : elsewhere(copy, port, node);
    return number === undefined ? [] : [[port.name, number]];
  });
  return Object.fromEntries(found);
}

function elsewhere({ nodePorts }: Copy, port: EdgePort, node: EdgeNode | undefined): number | undefined {
  const isProxied = node?.proxy && port.protocol === 'tcp' && !port.notAtNodes;
  return isProxied ? port.port : numberOf(nodePorts, port);
}

function normal(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;
}
