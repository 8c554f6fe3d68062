import { inNamespace, ipJson, type Link } from '../ip.ts';
import { listOf } from '../json-of.ts';
import type { LinuxEndpoint, LinuxNetwork } from './commands.ts';
import { host } from './links.ts';
import { bridgeName, portOfHost } from './names.ts';
import type { LearningSwitch, Station, SwitchPort } from './switching.ts';

/** A line of `bridge -j fdb`. */
interface Forwarding {
  readonly mac: string;
  readonly ifname: string;
  readonly state?: string;
  readonly flags: readonly string[];
}

/** What a bridge of the kernel has learned. @throws HeddleError ERR_NETWORK */
export async function observeBridge(
  network: LinuxNetwork,
  endpoints: readonly LinuxEndpoint[],
): Promise<LearningSwitch> {
  const name = bridgeName(network.id);
  const [links, bridges, text] = await Promise.all([
    ipJson<Link>(host, ['link', 'show', 'master', name]),
    ipJson<Link>(host, ['link', 'show', 'dev', name]),
    inNamespace(host, ['bridge', '-j', 'fdb', 'show', 'br', name]),
  ]);
  const table = listOf<Forwarding>(text);
  const own = bridges.map(({ address }) => [address, stationOf(name, address, name, 'permanent')] as const);
  return {
    name,
    ports: portsOf(links, endpoints),
    stations: new Map([...table.flatMap((one) => stationIn(one, name)), ...own]),
  };
}

function portsOf(links: readonly Link[], endpoints: readonly LinuxEndpoint[]): SwitchPort[] {
  const whose = new Map(endpoints.map((endpoint) => [portOfHost(endpoint), endpoint.name]));
  return links.map(({ ifname, flags, linkinfo }) => {
    const endpoint = whose.get(ifname);
    return {
      interface: ifname,
      ...(endpoint !== undefined && { endpoint }),
      isOpen: flags.includes('UP') && linkinfo?.info_slave_data?.state !== 'disabled',
      isolated: linkinfo?.info_slave_data?.isolated ?? false,
      hairpin: linkinfo?.info_slave_data?.hairpin ?? false,
    };
  });
}

/** What the kernel keeps for itself (`self`) says of no port where a frame goes; addresses of ports are the host's own. */
function stationIn({ mac, ifname, state, flags }: Forwarding, bridge: string): [string, Station][] {
  if (flags.includes('self')) return [];
  const isOwn = state === 'permanent';
  return [[mac, stationOf(isOwn ? bridge : ifname, mac, ifname, state)]];
}

function stationOf(at: string, mac: string, device: string, state: string | undefined): Station {
  return {
    interface: at,
    rule: `${mac} dev ${device}${state === undefined || state === '' ? '' : ` ${state}`}`,
  };
}
