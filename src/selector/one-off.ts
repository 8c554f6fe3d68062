import type { Mount, Port, Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import { composeLabel } from '../lib/labels.ts';
import type { ImageTable } from './images.ts';
import { servicePod } from './service-pods.ts';
import type { ContainerSpec, PodSpec } from './spec.ts';

/** A container that is asked for beside the replicas of a service, and what is different in it. */
export interface OneOff {
  readonly service: string;
  /** Of its pod and its container. */
  readonly name: string;
  /** Empty: the service's own. */
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workingDir?: string;
  readonly mounts: readonly Mount[];
  readonly ports: readonly Port[];
  /** The ports of the service, too. */
  readonly servicePorts: boolean;
  /** Reached by the service's names, as its replicas are. */
  readonly useAliases: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly tty: boolean;
  readonly interactive: boolean;
}

/** The pod of a one-off: as a replica of its service, without what only one of them can have. */
export function oneOffPod(
  descriptor: Descriptor,
  service: Service,
  asked: OneOff,
  images: ImageTable,
): PodSpec {
  const { application } = descriptor;
  const image = images.ofService(application.name, service);
  const pod = servicePod(descriptor, changed(service, asked), 1, image, images);
  const { index: _, ...rest } = pod;
  return {
    ...rest,
    role: 'oneoff',
    sandbox:
      pod.sandbox.kind === 'own'
        ? { ...pod.sandbox, networks: pod.sandbox.networks.map(named) }
        : pod.sandbox,
    containers: pod.containers.map((container): ContainerSpec => {
      const { [composeLabel.index]: _number, ...labels } = container.labels;
      const stdin = asked.interactive ? { stdinOpen: true, stdinOnce: true } : {};
      return {
        ...container,
        ...stdin,
        labels: { ...labels, ...asked.labels, [composeLabel.oneOff]: 'True' },
      };
    }),
  };

  function named<Network extends { readonly aliases: readonly string[] }>(network: Network): Network {
    return asked.useAliases ? network : { ...network, aliases: [asked.name] };
  }
}

/** The service as the one-off has it. Addresses, and the host's ports unless asked for, belong to the replicas. */
function changed(service: Service, asked: OneOff): Service {
  const targets = new Set(asked.mounts.map(({ target }) => target));
  const networks = Object.entries(service.networks).map(([key, { aliases, priority, linkLocal }]) => [
    key,
    { aliases, priority, linkLocal },
  ]);
  // It is no rank: the job goes on without it.
  const { command, entrypoint, job: _job, ...rest } = service;
  return {
    ...rest,
    containerName: asked.name,
    ...commandOf({ command, entrypoint }, asked),
    environment: { ...service.environment, ...asked.environment },
    ...(asked.user !== undefined && { user: asked.user }),
    ...(asked.workingDir !== undefined && { workingDir: asked.workingDir }),
    networks: Object.fromEntries(networks),
    mounts: [...service.mounts.filter(({ target }) => !targets.has(target)), ...asked.mounts],
    ports: [...(asked.servicePorts ? service.ports : []), ...asked.ports],
    capAdd: [...service.capAdd, ...asked.capAdd],
    capDrop: [...service.capDrop, ...asked.capDrop],
    tty: asked.tty,
    stdinOpen: asked.interactive,
    restart: { condition: 'no' },
  };
}

/** Another entrypoint takes the service's command away: it was written for its own. */
function commandOf(
  {
    command,
    entrypoint,
  }: { command: readonly string[] | undefined; entrypoint: readonly string[] | undefined },
  asked: OneOff,
): Pick<Service, 'command' | 'entrypoint'> {
  const words = asked.command.length > 0 ? asked.command : asked.entrypoint ? [] : command;
  const first = asked.entrypoint ?? entrypoint;
  return { ...(words && { command: words }), ...(first && { entrypoint: first }) };
}
