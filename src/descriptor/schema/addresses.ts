import { isIP, isIPv4, isIPv6 } from 'node:net';
import * as z from '../../lib/zod.ts';
import { maybe } from './values.ts';

export const ipv4 = z.string().refine(isIPv4, 'expected an IPv4 address');
export const ipv6 = z.string().refine(isIPv6, 'expected an IPv6 address');
export const ip = z.string().refine((written) => isIP(written) !== 0, 'expected an IP address');
/** An address to listen on; empty means every address. */
export const hostIp = z
  .string()
  .refine((written) => written === '' || isIP(written) !== 0, 'expected an IP address');
export const subnet = z.string().refine(isSubnet, 'expected a subnet such as 10.1.0.0/16 or fd00:1::/64');
const MAC = /^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$/;
const MAC_EXPECTED = 'expected a MAC address such as 02:42:ac:11:00:02';
export const mac = z.string().regex(MAC, MAC_EXPECTED);
export const maybeMac = maybe(MAC, MAC_EXPECTED);

function isSubnet(written: string): boolean {
  const [address = '', length = '', ...more] = written.split('/');
  if (more.length > 0 || !/^[0-9]{1,3}$/.test(length)) return false;
  return Number(length) <= (isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1);
}
