import type { ContainerSpec, MountSpec, PodSpec, SandboxSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { endpointWishes } from './network-wish.ts';

/** Where a container finds names and addresses: `resolv.conf(5)`, `hosts(5)`. */
const files = { resolver: '/etc/resolv.conf', hosts: '/etc/hosts' } as const;

/**
 * The files by which the containers of a pod find names on networks that are not the engine's; none on the engine's own,
 * which writes them itself, and none in place of what a container brings.
 */
export async function nameMounts(
  { networking, spec }: DeployContext,
  pod: PodSpec,
  { mounts }: ContainerSpec,
): Promise<MountSpec[]> {
  const { sandbox } = pod;
  const owner = sandbox.kind === 'pod' ? spec.pods.find(({ name }) => name === sandbox.pod) : pod;
  if (owner?.sandbox.kind !== 'own') return [];
  const networks = [...endpointWishes(owner, spec.networks).keys()];
  if (networks.length === 0) return [];
  const endpoints = await Promise.all(networks.map((name) => networking.endpoints(name).read(owner.name)));
  const of = (key: string) => endpoints.flatMap(({ status }) => textsOf(status.observed[key]));
  // Who knows the names of all networks is asked alone.
  const whole = endpoints.find(({ options }) => textsOf(options['namesOf']).length > 0);
  const servers = whole ? textsOf(whole.status.observed['nameServers']) : of('nameServers');
  const addresses = of('addresses').map((address) => address.split('/')[0] ?? address);
  const contents = {
    [files.resolver]: resolverFile(servers, owner.sandbox),
    [files.hosts]: hostsFile(owner.name, owner.sandbox, addresses, of('gateways')[0]),
  };
  return nameTargets(owner, { mounts }).map((target) => ({
    type: 'file',
    target,
    content: { inline: contents[target] },
    mode: 0o644,
    uid: 0,
    gid: 0,
  }));
}

/**
 * Where those files are in a container, in the order in which they follow its own mounts. `owner`: the pod whose network namespace
 * it lives in.
 */
export function nameTargets(
  { sandbox }: Pick<PodSpec, 'sandbox'>,
  { mounts }: Pick<ContainerSpec, 'mounts'>,
): (typeof files)[keyof typeof files][] {
  if (sandbox.kind !== 'own' || !sandbox.networks.some(({ owner }) => owner !== undefined)) return [];
  const brought = new Set(mounts.map(({ target }) => target));
  return Object.values(files).filter((target) => !brought.has(target));
}

export function resolverFile(
  servers: readonly string[],
  { dnsSearch, dnsOptions }: Pick<SandboxSpec, 'dnsSearch' | 'dnsOptions'>,
): string {
  return lines([
    ...servers.map((server) => `nameserver ${server}`),
    ...(dnsSearch.length > 0 ? [`search ${dnsSearch.join(' ')}`] : []),
    ...(dnsOptions.length > 0 ? [`options ${dnsOptions.join(' ')}`] : []),
  ]);
}

/** `gateway`: of the host, which `host-gateway` stands for. */
export function hostsFile(
  pod: string,
  { hostname = pod, domainname, extraHosts }: Pick<SandboxSpec, 'hostname' | 'domainname' | 'extraHosts'>,
  addresses: readonly string[],
  gateway: string | undefined,
): string {
  const full = domainname === undefined ? [] : [`${hostname}.${domainname}`];
  const own = [...new Set([...full, hostname, pod])].join(' ');
  return lines([
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...addresses.map((address) => `${address} ${own}`),
    ...extraHosts.flatMap(({ host, address }) => {
      const meant = address === 'host-gateway' ? gateway : address;
      return meant === undefined ? [] : [`${meant} ${host}`];
    }),
  ]);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
