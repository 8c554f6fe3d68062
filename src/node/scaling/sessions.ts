import ipaddr from 'ipaddr.js';
import type { Connection } from '../../lib/connections.ts';
import type { Listening } from '../../lib/listening.ts';
import type { PodChain } from '../../selector/chain-spec.ts';

// Which open TCP connections of a network namespace count as sessions. Pure.

export interface Sockets {
  readonly connections: readonly Connection[];
  readonly listening: readonly Listening[];
}

/** Connections that came in from elsewhere: to a port that is listened at. */
export function sessionsTo({ connections, listening }: Sockets): number {
  const ports = new Set(listening.map(({ port }) => port));
  return connections.filter(({ local, remote }) => ports.has(local.port) && !isLoopback(remote.address))
    .length;
}

/** Connections of a pod that are of a chain. `peers`: addresses of who is at its other end; absent: whoever that is. */
export function sessionsOf(
  { side, ports }: Pick<PodChain, 'side' | 'ports'>,
  { connections }: Sockets,
  peers: ReadonlySet<string> | undefined,
): number {
  const isOf = (port: number) =>
    ports.length === 0 ||
    ports.some(({ protocol, from, to }) => protocol === 'tcp' && port >= from && port <= to);
  return connections.filter(
    ({ local, remote }) =>
      isOf(side === 'to' ? local.port : remote.port) &&
      (peers ? peers.has(plainAddress(remote.address)) : !isLoopback(remote.address)),
  ).length;
}

/** One text for each address: of IPv4 in IPv6 form, that of IPv4. */
export function plainAddress(address: string): string {
  return ipaddr.process(address).toString();
}

function isLoopback(address: string): boolean {
  return ipaddr.process(address).range() === 'loopback';
}
