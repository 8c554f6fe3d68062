import type { Endpoint } from '../../networks/standard/endpoint.ts';
import { familyOf, seen } from '../seen.ts';
import type { CniResult, Configuration } from './configuration.ts';
import type { Attached } from './request.ts';

/** What an endpoint gives its container, behind what the plugins before have given it (CNI 1.1, section 5, Add Success). Pure. */
export function resultOf(conf: Configuration, attached: Attached, endpoint: Endpoint) {
  const { interfaces = [], ips = [], routes = [], dns = {}, ...others } = conf.prevResult ?? {};
  const { port, addresses, gateways, nameServers } = seen(endpoint);
  const outside = port === undefined ? [] : [{ name: port }];
  const inside = { name: attached.interface, mac: endpoint.mac, sandbox: attached.namespace };
  const index = interfaces.length + outside.length;
  const servers = [...new Set([...(dns.nameservers ?? []), ...nameServers])];
  const isWayOut = endpoint.options['defaultRoute'] !== false;
  return {
    ...others,
    cniVersion: conf.cniVersion,
    interfaces: [...interfaces, ...outside, inside],
    ips: [
      ...ips,
      ...addresses.map((address) => {
        const family = familyOf(address);
        const gateway = gateways.find((one) => familyOf(one) === family);
        return {
          // Of 0.4.0 only.
          ...(conf.cniVersion === '0.4.0' && { version: String(family) }),
          address,
          ...(gateway !== undefined && { gateway }),
          interface: index,
        };
      }),
    ],
    routes: [
      ...routes,
      ...(isWayOut ? gateways : []).map((gw) => ({
        dst: familyOf(gw) === 4 ? '0.0.0.0/0' : '::/0',
        gw,
      })),
    ],
    dns: { ...dns, ...(servers.length > 0 && { nameservers: servers }) },
  };
}

/** What the container's interface has, as it was found in the namespace. */
export interface Inside {
  readonly addresses: readonly string[];
}

/** What is not as the result said, in words; nothing when all is. Other plugins may have added to it. */
export function whatLacks(
  { prevResult }: Pick<Configuration, 'prevResult'>,
  attached: Attached,
  endpoint: Endpoint | undefined,
  inside: Inside | undefined,
): string | undefined {
  if (!endpoint) return 'there is no endpoint for it';
  const { phase, reason } = endpoint.status;
  if (phase !== 'ready') return `the endpoint is ${phase}${reason === undefined ? '' : `: ${reason}`}`;
  if (!inside) return `there is no interface ${attached.interface} in ${attached.namespace}`;
  if (!prevResult) return 'prevResult is missing: what it should be is not known';
  const told = (prevResult.interfaces ?? []).findIndex(
    ({ name, sandbox }) => name === attached.interface && sandbox !== undefined && sandbox !== '',
  );
  if (told < 0) return `prevResult has no interface ${attached.interface}`;
  const addresses = addressesAt(prevResult, told);
  const { addresses: own } = seen(endpoint);
  const untold = own.find((address) => !addresses.includes(address));
  if (untold !== undefined) return `prevResult lacks its address ${untold}`;
  const lost = own.find((address) => !inside.addresses.includes(address));
  if (lost !== undefined) return `the interface ${attached.interface} has lost its address ${lost}`;
  return undefined;
}

function addressesAt({ ips = [] }: CniResult, index: number): string[] {
  return ips.filter((one) => one.interface === index).map(({ address }) => address);
}
