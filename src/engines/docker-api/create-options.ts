import type { ContainerCreateOptions, EndpointSettings, HostConfig } from 'dockerode';
import type { Healthcheck } from '../../descriptor/application.ts';
import type { Labels } from '../../lib/labels.ts';
import type { ContainerSpec, PortSpec, SandboxNetwork } from '../../selector/spec.ts';
import type { ContainerHome, OwnSandbox } from '../workloads.ts';
import type { Flavour } from './flavours.ts';
import { mountOptions } from './mounts.ts';

/** Nanoseconds in a millisecond: the engines' unit of time. */
const NS = 1_000_000;

/** Never the engine's own restarts: nothing may run before the node has put its wires in place. */
const noRestart = { Name: 'no' } as const;

/** A pod's holder: on the pod's networks, with its ports and names; without any right of its own. */
export function sandboxOptions(
  sandbox: OwnSandbox,
  labels: Labels,
  flavour: Pick<Flavour, 'networksAtCreation' | 'macOfContainer'>,
): ContainerCreateOptions {
  const [first] = engineNetworks(sandbox);
  const networks = engineNetworks(sandbox).slice(0, flavour.networksAtCreation);
  // Where the endpoints are somebody else's, so are the ports and the names.
  const isOthers = sandbox.networks.length > 0 && !first;
  const ports = isOthers ? [] : sandbox.ports;
  const endpoints = networks.map((network) => [network.network, endpointOptions(network)] as const);
  return {
    name: sandbox.name,
    Image: sandbox.image,
    Labels: { ...labels },
    ...(sandbox.hostname && { Hostname: sandbox.hostname }),
    ...(sandbox.domainname && { Domainname: sandbox.domainname }),
    ...(flavour.macOfContainer && first?.mac && { MacAddress: first.mac }),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    HostConfig: {
      NetworkMode: first?.network ?? (sandbox.engineBridge ? 'bridge' : 'none'),
      PortBindings: portBindings(ports),
      ...(!isOthers && namesOf(sandbox)),
      Sysctls: { ...sandbox.sysctls },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      RestartPolicy: noRestart,
    },
    ...(endpoints.length > 0 && { NetworkingConfig: { EndpointsConfig: Object.fromEntries(endpoints) } }),
  };
}

function namesOf({ extraHosts, dns, dnsSearch, dnsOptions }: OwnSandbox): HostConfig {
  return {
    ExtraHosts: extraHosts.map(({ host, address }) => `${host}:${address}`),
    Dns: [...dns],
    DnsSearch: [...dnsSearch],
    DnsOptions: [...dnsOptions],
  };
}

/** The networks of a sandbox that the engine owns. */
export function engineNetworks({ networks }: OwnSandbox): SandboxNetwork[] {
  return networks.filter(({ owner }) => owner === undefined);
}

/** How a holder is on one of its networks. */
export function endpointOptions(network: SandboxNetwork): EndpointSettings {
  const { aliases, ipv4, ipv6, mac } = network;
  return {
    Aliases: [...aliases],
    ...(mac && { MacAddress: mac }),
    ...((ipv4 || ipv6) && {
      IPAMConfig: { ...(ipv4 && { IPv4Address: ipv4 }), ...(ipv6 && { IPv6Address: ipv6 }) },
    }),
  };
}

/** A container in a pod: its network is the holder's. */
export function containerOptions(
  container: ContainerSpec,
  home: ContainerHome,
  pidMode: string | undefined,
  hostname: string | undefined,
  labels: Labels,
  flavour: Pick<Flavour, 'healthTest'>,
): ContainerCreateOptions {
  return {
    name: container.name,
    Image: container.image,
    Labels: { ...container.labels, ...labels },
    ...(hostname !== undefined && container.uts === undefined && { Hostname: hostname }),
    ...(container.command && { Cmd: [...container.command] }),
    ...(container.entrypoint && { Entrypoint: [...container.entrypoint] }),
    Env: Object.entries(container.environment).map(([key, value]) => `${key}=${value}`),
    ...(container.user !== undefined && { User: container.user }),
    ...(container.workingDir !== undefined && { WorkingDir: container.workingDir }),
    ...(container.tty && { Tty: true }),
    ...(container.stdinOpen && { OpenStdin: true }),
    ...(container.stdinOnce && { StdinOnce: true, AttachStdin: true }),
    ...(container.stopSignal !== undefined && { StopSignal: container.stopSignal }),
    StopTimeout: Math.ceil(container.stopGracePeriod / 1000),
    ...(container.healthcheck && { Healthcheck: healthcheckOptions(container.healthcheck, flavour) }),
    ...(container.platform !== undefined && { platform: container.platform }),
    HostConfig: hostConfig(container, home, pidMode),
  };
}

function hostConfig(container: ContainerSpec, home: ContainerHome, pidMode: string | undefined): HostConfig {
  const { limits, reservations } = container.resources;
  return {
    NetworkMode: typeof home.network === 'string' ? home.network : `container:${home.network.container}`,
    ...(pidMode !== undefined && { PidMode: pidMode }),
    ...(container.ipc !== undefined && { IpcMode: container.ipc }),
    ...(container.uts !== undefined && { UTSMode: container.uts }),
    ...(container.volumesFrom && { VolumesFrom: [...container.volumesFrom] }),
    CapAdd: [...(container.capAdd ?? [])],
    CapDrop: [...(container.capDrop ?? [])],
    ...(container.privileged && { Privileged: true }),
    ...(container.readOnly && { ReadonlyRootfs: true }),
    ...(container.init && { Init: true }),
    SecurityOpt: [...(container.securityOpt ?? [])],
    GroupAdd: [...(container.groupAdd ?? [])],
    ...(container.shmSize !== undefined && { ShmSize: container.shmSize }),
    Devices: (container.devices ?? []).map(({ host, container: inside, permissions }) => ({
      PathOnHost: host,
      PathInContainer: inside,
      CgroupPermissions: permissions,
    })),
    ...(container.ulimits && {
      Ulimits: Object.entries(container.ulimits).map(([Name, { soft, hard }]) => ({
        Name,
        Soft: soft,
        Hard: hard,
      })),
    }),
    ...(limits.cpus !== undefined && { NanoCpus: Math.round(limits.cpus * 1e9) }),
    ...(limits.memory !== undefined && { Memory: limits.memory }),
    ...(limits.pids !== undefined && { PidsLimit: limits.pids }),
    ...(reservations.memory !== undefined && { MemoryReservation: reservations.memory }),
    ...tuningOptions(container.resources),
    ...(container.annotations && { Annotations: { ...container.annotations } }),
    ...logConfig(container),
    ...mountOptions(home.mounts),
    RestartPolicy: noRestart,
  };
}

function tuningOptions({ tuning = {} }: ContainerSpec['resources']): HostConfig {
  const { cpuShares, cpuset, memorySwap, swappiness, oomKillDisable, oomScoreAdj } = tuning;
  return {
    ...(cpuShares !== undefined && { CpuShares: cpuShares }),
    ...(cpuset !== undefined && { CpusetCpus: cpuset }),
    ...(memorySwap !== undefined && { MemorySwap: memorySwap }),
    ...(swappiness !== undefined && { MemorySwappiness: swappiness }),
    ...(oomKillDisable && { OomKillDisable: true }),
    ...(oomScoreAdj !== undefined && { OomScoreAdj: oomScoreAdj }),
    ...(tuning.cgroupParent !== undefined && { CgroupParent: tuning.cgroupParent }),
    ...(tuning.deviceCgroupRules && { DeviceCgroupRules: [...tuning.deviceCgroupRules] }),
  };
}

/** What agents print is bounded; the application's log is the engine's and the owner's business. */
function logConfig(container: ContainerSpec): Pick<HostConfig, 'LogConfig'> {
  if (container.role !== 'application') {
    return { LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } } };
  }
  if (!container.logging) return {};
  return { LogConfig: { Type: container.logging.driver ?? '', Config: { ...container.logging.options } } };
}

function healthcheckOptions(
  check: Healthcheck | 'disabled',
  flavour: Pick<Flavour, 'healthTest'>,
): NonNullable<ContainerCreateOptions['Healthcheck']> {
  if (check === 'disabled') return { Test: ['NONE'] };
  return {
    ...(check.test && { Test: [...flavour.healthTest(check.test)] }),
    ...(check.interval !== undefined && { Interval: check.interval * NS }),
    ...(check.timeout !== undefined && { Timeout: check.timeout * NS }),
    ...(check.startPeriod !== undefined && { StartPeriod: check.startPeriod * NS }),
    ...(check.startInterval !== undefined && { StartInterval: check.startInterval * NS }),
    ...(check.retries !== undefined && { Retries: check.retries }),
  };
}

function portBindings(ports: readonly PortSpec[]): NonNullable<HostConfig['PortBindings']> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    const list = bindings[portKey(port)] ?? [];
    list.push({
      HostIp: port.hostIp ?? '',
      HostPort: port.published === undefined ? '' : String(port.published),
    });
    bindings[portKey(port)] = list;
  }
  return bindings;
}

function portKey(port: PortSpec): string {
  return `${port.target}/${port.protocol}`;
}
