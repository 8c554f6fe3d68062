import { invalidError } from '../standard/parsed.ts';
import type { NetworkOptions } from './options.ts';
import { prefixOf } from './prefix.ts';

// Who answers DHCP on a network. Pure.

type Options = Pick<NetworkOptions, 'dhcp' | 'subnets'>;
type Subnet = NetworkOptions['subnets'][number];

/** Nobody, when nothing was asked for. */
export function dhcpServer({ dhcp }: Pick<Options, 'dhcp'>): 'dnsmasq' | 'kea' | undefined {
  if (dhcp === false) return undefined;
  return dhcp === true ? 'dnsmasq' : dhcp;
}

/** The subnets for which dnsmasq answers: where kea does, those of IPv6. */
export function dnsmasqSubnets(options: Options): readonly Subnet[] {
  const server = dhcpServer(options);
  if (server === undefined) return [];
  return options.subnets.filter((subnet) => server === 'dnsmasq' || !isIpv4(subnet));
}

/** Which of a network's subnets kea answers for: the first of IPv4, as DHCP gives an interface one address. */
export function keaSubnet(options: Options): number | undefined {
  if (dhcpServer(options) !== 'kea') return undefined;
  const index = options.subnets.findIndex(isIpv4);
  return index < 0 ? undefined : index;
}

/** @throws HeddleError ERR_RESOURCE_INVALID where kea could answer nobody */
export function checkDhcp(name: string, options: Options & Pick<NetworkOptions, 'switch'>): void {
  if (dhcpServer(options) !== 'kea') return;
  const refused = (why: string) =>
    invalidError(`network ${name}: options.dhcp: kea ${why}`, 'say `dhcp: true` for dnsmasq');
  if (keaSubnet(options) === undefined) throw refused('answers for IPv4, and the network has no such subnet');
  if (options.switch.kind === 'openvswitch') throw refused('answers on a bridge of the kernel only');
}

function isIpv4({ subnet }: Subnet): boolean {
  return prefixOf(subnet).family === 4;
}
