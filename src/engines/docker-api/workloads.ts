import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import { composeLabel, type Labels } from '../../lib/labels.ts';
import type { ContainerSpec, NetworkSpec, VolumeSpec } from '../../selector/spec.ts';
import type { EngineEvent, EventSpan, ObservedContainer, ObservedObjects } from '../observed.ts';
import type { ContainerHome, OwnSandbox, Workloads } from '../workloads.ts';
import type { Clients } from './clients.ts';
import { ended } from './containers.ts';
import { containerOptions, endpointOptions, engineNetworks, sandboxOptions } from './create-options.ts';
import { asking, engineError, isNameTaken, isNotFound, isNotModified } from './errors.ts';
import { events } from './events.ts';
import type { Flavour } from './flavours.ts';
import { withHostGateway } from './host-gateway.ts';
import { inspectContainer, nameOf, observe, ownContainers, projects } from './observe.ts';
import { get, inBody } from './raw.ts';
import { withPart } from './subpath.ts';

/** Pods, networks and volumes, over the Docker API. */
export class DockerWorkloads implements Workloads {
  readonly checkHealth?: (name: string) => Promise<void>;
  readonly #api: Docker;
  readonly #unversioned: Docker;
  readonly #flavour: Flavour;
  readonly #here: boolean;

  /** `here`: whether its containers are on this host. */
  constructor({ api, unversioned }: Clients, flavour: Flavour, here: boolean) {
    this.#api = api;
    this.#unversioned = unversioned;
    this.#flavour = flavour;
    this.#here = here;
    if (!flavour.runsHealthChecks) this.checkHealth = (name) => this.#podmanHealthCheck(name);
  }

  async observe(project: string): Promise<ObservedObjects> {
    const objects = await observe(this.#api, project);
    return { ...objects, containers: this.#asSeenHere(objects.containers) };
  }

  async containers(project: string): Promise<ObservedContainer[]> {
    return this.#asSeenHere(await ownContainers(this.#api, project));
  }

  projects(): Promise<string[]> {
    return projects(this.#api);
  }

  async inspect(name: string): Promise<ObservedContainer | undefined> {
    const container = await inspectContainer(this.#api, name);
    return container && this.#asSeenHere([container])[0];
  }

  events(signal: AbortSignal, span?: EventSpan): AsyncIterable<EngineEvent> {
    return events(this.#api, signal, span);
  }

  async createNetwork(network: NetworkSpec, labels: Labels): Promise<void> {
    await asking(`creating the network ${network.name}`, () =>
      this.#api.createNetwork(
        inBody(
          {
            Name: network.name,
            Driver: network.driver ?? 'bridge',
            Internal: network.internal,
            EnableIPv6: network.ipv6,
            Labels: { ...network.labels, ...labels, [composeLabel.network]: network.key },
            Options: { ...this.#flavour.networkOptions, ...network.driverOptions },
            ...(network.ipam.length > 0 && {
              IPAM: {
                Driver: 'default',
                Config: network.ipam.map(({ subnet, gateway, ipRange }) => ({
                  ...(subnet && { Subnet: subnet }),
                  ...(gateway && { Gateway: gateway }),
                  ...(ipRange && { IPRange: ipRange }),
                })),
              },
            }),
          },
          {},
        ),
      ),
    );
  }

  async removeNetwork(name: string): Promise<void> {
    await this.#unlessGone(`removing the network ${name}`, () => this.#api.getNetwork(name).remove());
  }

  async createVolume(volume: VolumeSpec, labels: Labels): Promise<void> {
    await asking(`creating the volume ${volume.name}`, () =>
      this.#api.createVolume(
        inBody(
          {
            Name: volume.name,
            Driver: volume.driver ?? 'local',
            DriverOpts: { ...volume.driverOptions },
            Labels: { ...volume.labels, ...labels, [composeLabel.volume]: volume.key },
          },
          {},
        ),
      ),
    );
  }

  async removeVolume(name: string): Promise<void> {
    await this.#unlessGone(`removing the volume ${name}`, () => this.#api.getVolume(name).remove());
  }

  async containerNames(): Promise<ReadonlySet<string>> {
    const all = await asking('listing containers', () => this.#api.listContainers({ all: true }));
    return new Set(all.flatMap(({ Names }) => Names.map(nameOf)));
  }

  async networkNames(): Promise<ReadonlySet<string>> {
    const all = await asking('listing networks', () => this.#api.listNetworks());
    return new Set(all.map(({ Name }) => Name));
  }

  async volumeNames(): Promise<ReadonlySet<string>> {
    const { Volumes } = await asking('listing volumes', () => this.#api.listVolumes());
    return new Set((Volumes ?? []).map(({ Name }) => Name));
  }

  cannot({ mounts }: ContainerSpec): string | undefined {
    const file = mounts.find(({ type }) => type === 'file' || type === 'secret' || type === 'state');
    if (file && !this.#here)
      return `${file.target} is a file that the node writes, and its engine runs on another host`;
    const owned = mounts.find(
      (mount) => mount.type === 'tmpfs' && mount.options?.some((option) => /^[ug]id=/.test(option)),
    );
    if (this.#flavour.ownsTmpfs || !owned) return undefined;
    return `the tmpfs ${owned.target} cannot have an owner with ${this.#flavour.kind}: give it a mode instead, such as mode=1777`;
  }

  async createSandbox(sandbox: OwnSandbox, labels: Labels): Promise<void> {
    const others = sandbox.networks.length > 0 && engineNetworks(sandbox).length === 0;
    const meant =
      this.#flavour.knowsHostGateway || others ? sandbox : await withHostGateway(this.#api, sandbox);
    const options = sandboxOptions(meant, labels, this.#flavour);
    await this.#create(sandbox.name, inBody(options, { name: sandbox.name }));
    for (const network of engineNetworks(sandbox).slice(this.#flavour.networksAtCreation)) {
      await asking(`connecting ${sandbox.name} to ${network.network}`, () =>
        this.#api
          .getNetwork(network.network)
          .connect({ Container: sandbox.name, EndpointConfig: endpointOptions(network) }),
      );
    }
  }

  async createContainer(container: ContainerSpec, home: ContainerHome, labels: Labels): Promise<void> {
    const what = `creating ${container.name}`;
    const pidMode = home.pid === undefined ? container.pid : await this.#pidModeOf(home.pid, what);
    const hostname =
      this.#flavour.hostnameInSharedNetwork && typeof home.network === 'object'
        ? (home.hostname ?? (await this.#hostnameOf(home.network.container)))
        : undefined;
    const mounts = await Promise.all(home.mounts.map((mount) => withPart(this.#api, mount)));
    const options = containerOptions(
      container,
      { ...home, mounts },
      pidMode,
      hostname,
      labels,
      this.#flavour,
    );
    const { name, platform } = container;
    await this.#create(name, inBody(options, { name, ...(platform !== undefined && { platform }) }));
  }

  async start(name: string): Promise<void> {
    await this.#unlessDone(`starting ${name}`, () => this.#api.getContainer(name).start());
  }

  async stop(name: string, grace: number): Promise<void> {
    const t = Math.ceil(grace / 1000);
    await this.#unlessDone(`stopping ${name}`, () => this.#api.getContainer(name).stop({ t }));
  }

  async kill(name: string, signal: string): Promise<void> {
    await asking(`sending ${signal} to ${name}`, () => this.#api.getContainer(name).kill({ signal }));
  }

  async pause(name: string): Promise<void> {
    await asking(`pausing ${name}`, () => this.#api.getContainer(name).pause());
  }

  async unpause(name: string): Promise<void> {
    await asking(`unpausing ${name}`, () => this.#api.getContainer(name).unpause());
  }

  async remove(name: string, volumes: 'keep' | 'remove'): Promise<void> {
    // One that was handed on from container to container is mounted by its name, and so no longer removed with them.
    const anonymous = volumes === 'remove' ? ((await this.inspect(name))?.anonymous ?? []) : [];
    await this.#unlessGone(`removing ${name}`, () =>
      this.#api.getContainer(name).remove({ force: true, v: volumes === 'remove' }),
    );
    for (const volume of anonymous) {
      await this.removeVolume(volume.name).catch((cause: HeddleError) => {
        // Another container has it, too: it goes with that one.
        if (!/in use|being used/.test(cause.message)) throw cause;
      });
    }
  }

  ended(name: string, signal: AbortSignal): Promise<number> {
    return ended(this.#api, name, signal);
  }

  /** Podman that was killed while it created a container knows none of that name, and yet has the name taken. */
  async #create(name: string, options: Docker.ContainerCreateOptions): Promise<void> {
    const create = () => this.#api.createContainer(options);
    await asking(`creating ${name}`, async () => {
      try {
        await create();
      } catch (cause) {
        if (!isNameTaken(cause) || (await this.inspect(name))) throw cause;
        await this.remove(name, 'keep');
        await create();
      }
    });
  }

  /** Process ids are of the engine's host: on this one they would lead into namespaces of something else. */
  #asSeenHere(containers: readonly ObservedContainer[]): ObservedContainer[] {
    return this.#here ? [...containers] : containers.map(({ pid: _, ...container }) => container);
  }

  async #pidModeOf(name: string, what: string): Promise<string> {
    const target = await inspectContainer(this.#api, name);
    if (target?.pid === undefined) {
      throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${what}: ${name} does not run`);
    }
    return this.#flavour.pidMode(target);
  }

  async #hostnameOf(name: string): Promise<string | undefined> {
    const info = await asking(`inspecting ${name}`, () => this.#api.getContainer(name).inspect());
    return info.Config.Hostname;
  }

  /** Podman's own path: `healthcheck run` over REST. */
  async #podmanHealthCheck(name: string): Promise<void> {
    const path = `/v4.0.0/libpod/containers/${encodeURIComponent(name)}/healthcheck`;
    await asking(`checking the health of ${name}`, () => get(this.#unversioned, path));
  }

  async #unlessGone(what: string, request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (cause) {
      if (!isNotFound(cause)) throw engineError(cause, what);
    }
  }

  async #unlessDone(what: string, request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (cause) {
      if (!isNotModified(cause)) throw engineError(cause, what);
    }
  }
}
