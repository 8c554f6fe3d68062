import { BlockList, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { HeddleError } from '../../lib/errors.ts';

/**
 * The networks that texts such as `10.1.0.53` and `10.1.0.0/16` name; nothing when there are none.
 * @throws HeddleError ERR_USAGE for what is neither address nor network
 */
export function networks(texts: readonly string[]): BlockList | undefined {
  if (texts.length === 0) return undefined;
  const list = new BlockList();
  for (const text of networkTexts(texts, 'forwarder')) {
    const [address = '', prefix] = text.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/**
 * The same as texts in one form, with no bits behind the prefix: for configurations of other programs.
 * @param what they are called by who wrote them
 * @throws HeddleError ERR_USAGE
 */
export function networkTexts(texts: readonly string[], what: string): string[] {
  return texts.map((text) => {
    const [address = '', prefix, ...more] = text.split('/');
    // Shorter forms of IPv4, such as 10.1, mean different things to different people.
    const isWhole = isIPv6(address) || ipaddr.IPv4.isValidFourPartDecimal(address);
    const bits = isIPv6(address) ? 128 : 32;
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
    if (!isWhole || !isPrefix || more.length > 0 || address.includes('%'))
      throw new HeddleError('ERR_USAGE', `${what} "${text}" is neither an address nor a network`, {
        hint: 'write 10.1.0.53 or 10.1.0.0/16',
      });
    if (prefix === undefined) return ipaddr.parse(address).toString();
    const family = isIPv6(address) ? ipaddr.IPv6 : ipaddr.IPv4;
    return `${family.networkAddressFromCIDR(text)}/${Number(prefix)}`;
  });
}
