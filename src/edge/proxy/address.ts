import { isIPv6 } from 'node:net';
import type { Endpoint } from '../listen/endpoint.ts';

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function hostPort({ address, port }: Endpoint): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
