import ipaddr from 'ipaddr.js';
import { invalidError } from './parsed.ts';

/** Whom a frame is for, of those that can be said in one word. */
export type Target<E> =
  | { readonly kind: 'all' }
  | { readonly kind: 'endpoint'; readonly endpoint: E }
  | { readonly kind: 'mac'; readonly mac: string }
  | { readonly kind: 'address'; readonly address: string };

/**
 * What a word means: an endpoint goes before an address. Pure. `endpoints`: those of the network.
 * @throws HeddleError ERR_RESOURCE_INVALID
 */
export function targetOf<E extends { readonly name: string }>(
  to: string | undefined,
  endpoints: readonly E[],
): Target<E> {
  if (to === undefined) return { kind: 'all' };
  const endpoint = endpoints.find(({ name }) => name === to);
  if (endpoint) return { kind: 'endpoint', endpoint };
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(to)) return { kind: 'mac', mac: to.toLowerCase() };
  if (ipaddr.isValid(to)) return { kind: 'address', address: ipaddr.parse(to).toString() };
  throw invalidError(
    `a frame to ${JSON.stringify(to)}: there is no endpoint of the name, and it is no IP or MAC address`,
  );
}

export const broadcast = 'ff:ff:ff:ff:ff:ff';
export const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd } as const;

/** Whether a MAC address means many (IEEE 802, 8.2.2). */
export function isForMany(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}
