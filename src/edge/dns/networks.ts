import { BlockList, isIPv6 } from 'node:net';
import { HeddleError } from '../../lib/errors.ts';

/**
 * The networks that texts such as `10.1.0.53` and `10.1.0.0/16` name; nothing when there are none.
 * @throws HeddleError ERR_USAGE for what is neither address nor network
 */
export function networks(texts: readonly string[]): BlockList | undefined {
  if (texts.length === 0) return undefined;
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', prefix] = text.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    try {
      if (prefix === undefined) list.addAddress(address, family);
      else list.addSubnet(address, Number(prefix), family);
    } catch {
      throw new HeddleError('ERR_USAGE', `forwarder "${text}" is neither an address nor a network`, {
        hint: 'write 10.1.0.53 or 10.1.0.0/16',
      });
    }
  }
  return list;
}
