import { readFileSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';
import { ownAddresses } from '../../lib/own-addresses.ts';
import { type Family, families, partsOf, type Rules } from './rules.ts';

const settings: Readonly<Record<Family, string>> = {
  ip: 'net.ipv4.ip_forward',
  ip6: 'net.ipv6.conf.all.forwarding',
};

/** Why packets do not get to copies on other hosts: this one forwards none. It is for its owner to change that. */
export function whyNotForwarded({ ports }: Rules): HeddleError[] {
  const own = ownAddresses();
  return families.flatMap((family) => {
    const isAway = (entry: string) => !own.has(entry.split(' ')[0] as string);
    const isUsed = Object.entries(ports).some(
      ([port, { entries }]) => partsOf(port).family === family && entries.some(isAway),
    );
    if (!isUsed || isOn(settings[family])) return [];
    return new HeddleError(
      'ERR_EDGE_BALANCE',
      `copies on other hosts get nothing at layer 4: ${settings[family]} is off`,
      { hint: `sysctl -w ${settings[family]}=1, and a file in /etc/sysctl.d for the next start` },
    );
  });
}

/** As it is in the network namespace of the gateway. */
function isOn(setting: string): boolean {
  try {
    return readFileSync(`/proc/sys/${setting.replaceAll('.', '/')}`, 'utf8').trim() !== '0';
  } catch {
    return false;
  }
}
