import { contentHash } from '../../lib/hash.ts';
import { carriesIp } from '../../networks/archetypes.ts';
import type { Endpoint, EndpointWish } from '../../networks/standard/endpoint.ts';
import type { Network, NetworkWish } from '../../networks/standard/network.ts';
import { isDnsName } from '../seen.ts';
import type { Configuration } from './configuration.ts';
import { CniError, cniCode } from './error.ts';
import type { Attached } from './request.ts';

// What a runtime's request means for networks and endpoints. Pure.

/** Labels that say whose an endpoint is: the key by which CNI knows it. */
const label = { network: 'cni.network', container: 'cni.container', interface: 'cni.interface' };

export function networkNameOf(conf: Configuration): string {
  return conf.network ?? conf.name;
}

/** Nothing where the network has to be there. */
export function networkWishOf(conf: Configuration): NetworkWish | undefined {
  const { archetype, mtu, options } = conf;
  if (archetype === undefined) return undefined;
  return {
    name: networkNameOf(conf),
    archetype,
    ...(mtu !== undefined && { mtu }),
    ...(options && { options }),
  };
}

/** One a container and interface; ids may be longer than names. */
export function endpointName({ container, interface: name }: Attached): string {
  return container.length <= 200
    ? `${container}.${name}`
    : `${container.slice(0, 150)}-${contentHash(container).slice(0, 16)}.${name}`;
}

/** `inode`: of the namespace. @throws CniError */
export function endpointWishOf(
  conf: Configuration,
  attached: Attached,
  network: Pick<Network, 'archetype'>,
  inode: number,
): EndpointWish {
  const { args, runtimeConfig = {}, endpoint = {} } = { ...conf, args: conf.args?.cni ?? {} };
  const mac = runtimeConfig.mac ?? args.mac ?? attached.args.get('MAC');
  const ips = runtimeConfig.ips ?? args.ips ?? attached.args.get('IP')?.split(',') ?? [];
  const ports = portsOf(runtimeConfig.portMappings ?? []);
  const named = carriesIp(network.archetype) ? aliasesOf(attached, runtimeConfig.aliases ?? []) : [];
  return {
    name: endpointName(attached),
    attachment: { kind: 'namespace', path: attached.namespace ?? '', inode, interface: attached.interface },
    ...(mac !== undefined && mac !== '' && { mac: mac.toLowerCase() }),
    labels: labelsOf(conf, attached),
    options: {
      ...(named.length > 0 && { aliases: named }),
      ...(ips.length > 0 && { addresses: ips.map((ip) => ip.split('/')[0] ?? '') }),
      ...(ports.length > 0 && { ports }),
      ...endpoint,
    },
  };
}

function labelsOf({ name }: Configuration, attached: Attached): Record<string, string> {
  return {
    [label.network]: name,
    [label.container]: attached.container,
    [label.interface]: attached.interface,
  };
}

/** Whether an endpoint is that of a container and interface on a network of the runtime's, on this node. */
export function isOf(
  { labels, node }: Pick<Endpoint, 'labels' | 'node'>,
  conf: Configuration,
  attached: Attached,
  own: string,
): boolean {
  if ((node ?? own) !== own) return false;
  return Object.entries(labelsOf(conf, attached)).every(([key, value]) => labels[key] === value);
}

/** What this plugin made on this node, on a network of the runtime's, and no container has any more. @throws CniError */
export function surplus(endpoints: readonly Endpoint[], conf: Configuration, own: string): Endpoint[] {
  const valid = conf['cni.dev/valid-attachments'] ?? conf['cni.dev/attachments'];
  // A list that is missing is none: everything would go.
  if (!valid) throw new CniError(cniCode.configuration, 'cni.dev/valid-attachments is missing');
  const kept = new Set(valid.map(({ containerID, ifname }) => `${containerID} ${ifname}`));
  return endpoints.filter(
    ({ labels, node = own }) =>
      node === own &&
      labels[label.network] === conf.name &&
      !kept.has(`${labels[label.container]} ${labels[label.interface]}`),
  );
}

/** Names besides the endpoint's own: the container's, its pod's, and those that were asked for. */
function aliasesOf({ container, args }: Attached, asked: readonly string[]): string[] {
  const pod = args.get('K8S_POD_NAME') ?? '';
  return [...new Set([container, pod, ...asked])].filter(isDnsName).slice(0, 64);
}

type Mapping = NonNullable<NonNullable<Configuration['runtimeConfig']>['portMappings']>[number];

function portsOf(mappings: readonly Mapping[]) {
  return mappings
    .filter(({ hostPort }) => hostPort !== 0)
    .map(({ hostPort, containerPort, protocol = 'tcp', hostIP = '' }) => ({
      port: containerPort,
      published: hostPort,
      protocol: protocol.toLowerCase(),
      ...(!['', '0.0.0.0', '::'].includes(hostIP) && { address: hostIP }),
    }));
}
