import { readFileSync } from 'node:fs';
import { type InterfaceBytes, parseNetDev } from '../../lib/net-dev.ts';

/** The loopback is no link, and the ends of containers come and go under ever new names. */
const uninteresting = /^(lo|veth[0-9a-f]*)$/;

/** Links of the network that this process is in; none where the system does not tell. */
export function readInterfaces(): InterfaceBytes[] {
  try {
    return linksIn(readFileSync('/proc/self/net/dev', 'utf8'));
  } catch {
    return [];
  }
}

/** The links in a text of /proc/net/dev. */
export function linksIn(text: string): InterfaceBytes[] {
  return parseNetDev(text).filter(({ name }) => !uninteresting.test(name));
}
