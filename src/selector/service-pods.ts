import { MAX_REPLICAS } from '../descriptor/allowance.ts';
import type { Application, FileMount, Mount, Network, Port, Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { composeLabel } from '../lib/labels.ts';
import { outputMounts } from './function-outputs.ts';
import { forwardingPod } from './function-services.ts';
import type { ImageTable } from './images.ts';
import { byPriority, networkOf, progressMount, rankEnvironment, rendezvousName, replicasOf } from './jobs.ts';
import { siteOfReplica } from './places.ts';
import { sandboxName } from './pod-names.ts';
import type { ContainerSpec, MountSpec, PodSpec, PortSpec, Sandbox, SandboxNetwork } from './spec.ts';

/** The pods of the application itself: one a replica, with the application's container in it. */
export function servicePods(
  descriptor: Descriptor,
  images: ImageTable,
  scale: Readonly<Record<string, number>>,
): { pods: PodSpec[]; diagnostics: Diagnostic[] } {
  const { application } = descriptor;
  const diagnostics: Diagnostic[] = unknownServices(application, Object.keys(scale));
  const pods = Object.values(application.services).flatMap((service) => {
    const replicas =
      (Object.hasOwn(scale, service.name) ? scale[service.name] : undefined) ?? replicasOf(service);
    const conflict = scaleConflict(service, replicas);
    if (conflict) {
      diagnostics.push({
        severity: 'error',
        code: 'ERR_COMPOSE_CONFLICT',
        ...conflict,
        at: descriptor.at(['services', service.name, conflict.key]),
      });
    }
    if (replicas > MAX_REPLICAS) return [];
    const image = images.ofService(application.name, service);
    const { function: fn } = service;
    // Of a function for each replica there are pods where something is led through it.
    if (fn?.per === 'replica') return [];
    return Array.from({ length: replicas }, (_, i) => {
      const pod = servicePod(descriptor, service, i + 1, image, images, replicas);
      return fn ? forwardingPod(pod, service.name, fn) : pod;
    });
  });
  return { pods, diagnostics };
}

function unknownServices({ name, services }: Application, scaled: readonly string[]): Diagnostic[] {
  const known = Object.keys(services);
  return scaled
    .filter((service) => !known.includes(service))
    .map((service) => ({
      severity: 'error',
      code: 'ERR_SERVICE_UNKNOWN',
      message: `${name} has no service "${service}"`,
      hint: didYouMean(service, known),
    }));
}

/** Why there cannot be so many replicas, and the key that is in the way. */
export function scaleConflict(service: Service, replicas: number) {
  const fixed = service.ports.find((port) => port.published !== undefined && publishedRange(port) < replicas);
  if (replicas > MAX_REPLICAS) {
    const message = `services.${service.name}: a service has at most ${MAX_REPLICAS} replicas`;
    return { key: 'scale', message, code: 'ERR_COMPOSE_LIMIT' } as const;
  }
  if (replicas > 1 && fixed) {
    return {
      key: 'ports',
      message: `services.${service.name}.ports: ${replicas} replicas cannot all publish port ${fixed.published}`,
      hint: `publish a range (${fixed.published}-${fixed.published! + replicas - 1}:${fixed.target}) or no fixed port`,
    };
  }
  if (replicas > 1 && service.containerName !== undefined) {
    return {
      key: 'container_name',
      message: `services.${service.name}.container_name: ${replicas} replicas cannot all be named ${service.containerName}`,
      hint: 'remove container_name',
    };
  }
  return undefined;
}

function publishedRange(port: Port): number {
  return (port.publishedEnd ?? port.published ?? 0) - (port.published ?? 0) + 1;
}

function placeOf(service: Service, index: number, replicas: number): Pick<PodSpec, 'place'> {
  const place = siteOfReplica(service, index, replicas);
  return place === undefined ? {} : { place };
}

export function servicePod(
  descriptor: Descriptor,
  service: Service,
  index: number,
  image: string,
  images: ImageTable,
  replicas = 1,
): PodSpec {
  const { application } = descriptor;
  const name = service.containerName ?? `${application.name}-${service.name}-${index}`;
  return {
    name,
    role: 'service',
    service: service.name,
    index,
    ...placeOf(service, index, replicas),
    sandbox: sandboxOf(application, service, name, index, images),
    containers: [applicationContainer(descriptor, service, name, index, image)],
    path: [],
  };
}

function sandboxOf(
  application: Application,
  service: Service,
  pod: string,
  index: number,
  images: ImageTable,
): Sandbox {
  const mode = service.networkMode;
  if (mode === 'host') return { kind: 'host' };
  if (typeof mode === 'object') {
    if ('container' in mode) return { kind: 'container', container: mode.container };
    const target = application.services[mode.service];
    return { kind: 'pod', pod: target?.containerName ?? `${application.name}-${mode.service}-1` };
  }
  return {
    kind: 'own',
    name: sandboxName(pod),
    image: images.ofTemplate('holder'),
    networks: sandboxNetworks(application, service, pod, index),
    ...(mode === 'bridge' && Object.keys(service.networks).length === 0 && { engineBridge: true }),
    ports: service.ports.map((port) => portOf(port, index)),
    hostname: service.hostname ?? defaultHostname(pod),
    ...(service.domainname === undefined ? {} : { domainname: service.domainname }),
    extraHosts: service.extraHosts,
    dns: service.dns,
    dnsSearch: service.dnsSearch,
    dnsOptions: service.dnsOptions,
    sysctls: service.sysctls,
  };
}

/** A host name has at most 63 characters of a few kinds (RFC 1123, 2.1). */
function defaultHostname(pod: string): string {
  return pod.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 63);
}

/** By priority, highest first: the engine takes the first for the default route. */
function sandboxNetworks(
  application: Application,
  service: Service,
  pod: string,
  index: number,
): SandboxNetwork[] {
  const { job, networks } = service;
  const met = job && index === 1 ? networkOf(service, job) : undefined;
  return byPriority(networks)
    .map((key) => [key, networks[key]] as const)
    .flatMap(([key, attachment]) => (attachment ? [[key, attachment] as const] : []))
    .map(([key, attachment]) => ({
      network: application.networks[key]?.name ?? key,
      ...ownerOf(application.networks[key]),
      aliases: [
        ...new Set([
          service.name,
          pod,
          ...attachment.aliases,
          ...(key === met ? [rendezvousName(service)] : []),
        ]),
      ],
      ...(attachment.ipv4 === undefined ? {} : { ipv4: attachment.ipv4 }),
      ...(attachment.ipv6 === undefined ? {} : { ipv6: attachment.ipv6 }),
      ...(attachment.mac === undefined ? {} : { mac: attachment.mac }),
    }));
}

/** Of the engine's nothing is said: there was no other when the first sandboxes were made. */
function ownerOf(network: Network | undefined): Pick<SandboxNetwork, 'owner'> {
  const { archetype = 'engine' } = network ?? {};
  return archetype === 'engine' ? {} : { owner: archetype };
}

/** A replica takes its own port out of a published range. */
function portOf(port: Port, index: number): PortSpec {
  const { target, protocol, hostIp, published } = port;
  return {
    target,
    protocol,
    ...(hostIp === undefined ? {} : { hostIp }),
    ...(published === undefined ? {} : { published: published + (publishedRange(port) > 1 ? index - 1 : 0) }),
  };
}

function applicationContainer(
  descriptor: Descriptor,
  service: Service,
  name: string,
  index: number,
  image: string,
): ContainerSpec {
  const { application } = descriptor;
  return {
    name,
    key: 'app',
    role: 'application',
    image,
    environment: { ...rankEnvironment(service, index), ...service.environment },
    labels: {
      ...service.labels,
      [composeLabel.project]: application.name,
      [composeLabel.service]: service.name,
      [composeLabel.index]: String(index),
      [composeLabel.oneOff]: 'False',
      [composeLabel.workingDir]: application.dir,
      [composeLabel.configFiles]: application.files.join(','),
    },
    mounts: [
      ...service.mounts.map((mount) => mountOf(application, mount)),
      ...service.files.map(
        (file): MountSpec => ({
          type: 'file',
          target: file.target,
          content: contentOf(file.content, descriptor),
          mode: file.mode ?? 0o444,
          uid: Number(file.uid ?? 0),
          gid: Number(file.gid ?? 0),
        }),
      ),
      ...outputMounts(service),
      ...(service.job ? [progressMount(name)] : []),
    ],
    resources: service.resources,
    restart: service.restart,
    stopGracePeriod: service.stopGracePeriod,
    dependsOn: Object.entries(service.dependsOn)
      .filter(([dependency]) => Object.hasOwn(application.services, dependency))
      .map(([dependency, { condition, restart }]) => ({ service: dependency, condition, restart })),
    ...(service.outputsOf && { outputsOf: service.outputsOf }),
    ...(service.volumesFrom.length > 0 && { volumesFrom: volumesFromOf(application, service) }),
    ...(service.healthcheck === undefined ? {} : { healthcheck: service.healthcheck }),
    ...runtimeOf(service),
  };
}

/** A secret that stands in a variable is looked up only here, so that it stands in no application. */
function contentOf(
  content: FileMount['content'],
  descriptor: Descriptor,
): { file: string } | { inline: string } {
  return 'environment' in content ? { inline: descriptor.variable(content.environment) ?? '' } : content;
}

/** By the engine's names of containers: `NAME[:ro]`. */
function volumesFromOf(application: Application, { volumesFrom }: Service): string[] {
  return volumesFrom.map((from) => {
    const name =
      'container' in from
        ? from.container
        : (application.services[from.service]?.containerName ?? `${application.name}-${from.service}-1`);
    return from.readOnly ? `${name}:ro` : name;
  });
}

function mountOf(application: Application, mount: Mount): MountSpec {
  if (mount.type !== 'volume' || mount.source === undefined) return mount;
  return { ...mount, source: application.volumes[mount.source]?.name ?? mount.source };
}

const runtimeKeys = [
  'command',
  'entrypoint',
  'user',
  'groupAdd',
  'workingDir',
  'tty',
  'stdinOpen',
  'init',
  'privileged',
  'readOnly',
  'capAdd',
  'capDrop',
  'securityOpt',
  'devices',
  'ulimits',
  'shmSize',
  'ipc',
  'pid',
  'stopSignal',
  'logging',
  'annotations',
  'platform',
  'uts',
  'hooks',
] as const satisfies readonly (keyof Service & keyof ContainerSpec)[];

/** What the container has from the service as it stands there, without what is not set. */
function runtimeOf(service: Service): Partial<ContainerSpec> {
  const entries = runtimeKeys
    .map((key) => [key, service[key]] as const)
    .filter(([key, value]) => value !== undefined && value !== false && (replaces(key) || !isEmpty(value)));
  return Object.fromEntries(entries);
}

/** An empty `command` or `entrypoint` is no absent one: it takes the image's own away. */
function replaces(key: string): boolean {
  return key === 'command' || key === 'entrypoint';
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
