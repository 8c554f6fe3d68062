import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** The addresses of this host, as `plainAddress` writes them. */
export function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((some = []) => some);
  return new Set(all.map(({ address }) => plainAddress(address)));
}

/** An address in one way of writing: without the interface of a link, and IPv4 as that. */
export function plainAddress(address: string): string {
  return ipaddr.process(address.replace(/%.*/, '')).toString();
}
