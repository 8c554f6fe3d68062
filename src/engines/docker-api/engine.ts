import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import { composeLabel, type Labels } from '../../lib/labels.ts';
import type { ContainerSpec, NetworkSpec, VolumeSpec } from '../../selector/spec.ts';
import type {
  BuildSource,
  ContainerHome,
  Engine,
  EngineEvent,
  EventSpan,
  ExecOptions,
  ExecResult,
  InteractiveExec,
  InteractiveOptions,
  LogLine,
  LogOptions,
  ObservedContainer,
  ObservedImage,
  ObservedObjects,
  OwnSandbox,
  Progress,
} from '../engine.ts';
import type { AttachOptions, ContainerArchive, PathStat, ProcessTable } from '../handling.ts';
import { readArchive, statPath, writeArchive } from './archive.ts';
import { attach, ended, processes } from './containers.ts';
import { containerOptions, endpointOptions, sandboxOptions } from './create-options.ts';
import { type Address, isListening } from './endpoint.ts';
import { asking, containerIn, engineError, isNameTaken, isNotFound, isNotModified } from './errors.ts';
import { events } from './events.ts';
import { execDetached, execInteractive } from './exec.ts';
import type { Flavour } from './flavours.ts';
import { Images } from './images.ts';
import { inspectContainer, observe, ownContainers, projects } from './observe.ts';
import { get, inBody } from './raw.ts';
import type { RegistryCredentials } from './registry/credentials.ts';
import { exec, logs } from './streams.ts';
import { partOfVolume } from './subpath.ts';

/** A client that asks in the negotiated version, and one for paths that say theirs themselves. */
interface Clients {
  readonly api: Docker;
  readonly unversioned: Docker;
}

interface Place {
  /** As it was given: `unix:///run/docker.sock`. */
  readonly endpoint: string;
  readonly address: Address;
  /** What registries are told; an engine that knows it itself is told nothing. */
  readonly credentials: RegistryCredentials;
}

/** Podman and Docker, over the Docker REST API. */
export class DockerApiEngine implements Engine {
  readonly kind;
  readonly version: string;
  readonly endpoint: string;
  readonly checkHealth?: (name: string) => Promise<void>;
  readonly #api: Docker;
  readonly #unversioned: Docker;
  readonly #flavour: Flavour;
  readonly #images: Images;
  readonly #address: Address;

  constructor(
    clients: Clients,
    flavour: Flavour,
    version: string,
    { endpoint, address, credentials }: Place,
  ) {
    const { api, unversioned } = clients;
    this.#api = api;
    this.#unversioned = unversioned;
    this.#flavour = flavour;
    this.#images = new Images(api, flavour.knowsLogins ? undefined : credentials);
    this.kind = flavour.kind;
    this.version = version;
    this.endpoint = endpoint;
    this.#address = address;
    if (!flavour.runsHealthChecks) this.checkHealth = (name) => this.#podmanHealthCheck(name);
  }

  isThere(): Promise<boolean> {
    return isListening(this.#address);
  }

  observe(project: string): Promise<ObservedObjects> {
    return observe(this.#api, project);
  }

  containers(project: string): Promise<ObservedContainer[]> {
    return ownContainers(this.#api, project);
  }

  projects(): Promise<string[]> {
    return projects(this.#api);
  }

  image(reference: string): Promise<ObservedImage | undefined> {
    return this.#images.find(reference);
  }

  pullImage(reference: string, progress: Progress): Promise<void> {
    return this.#images.pull(reference, progress);
  }

  buildImage(reference: string, source: BuildSource, progress: Progress): Promise<void> {
    return this.#images.build(reference, source, progress);
  }

  importImage(archive: Readable, progress: Progress): Promise<string> {
    return this.#images.import(archive, progress);
  }

  tagImage(existing: string, reference: string): Promise<void> {
    return this.#images.tag(existing, reference);
  }

  async removeImage(reference: string): Promise<string | undefined> {
    const refusal = await this.#images.remove(reference);
    const container = refusal && containerIn(refusal);
    if (!container) return refusal;
    return `${(await this.inspect(container))?.name ?? 'another container'} uses it`;
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

  async bridgeOf(network: string): Promise<string | undefined> {
    try {
      const info = await this.#api.getNetwork(network).inspect();
      return info.Driver === 'bridge'
        ? await this.#flavour.bridgeName(this.#unversioned, network, info)
        : undefined;
    } catch (cause) {
      if (isNotFound(cause)) return undefined;
      throw engineError(cause, `looking at the network ${network}`);
    }
  }

  hasNetwork(name: string): Promise<boolean> {
    return this.#has(`looking for the network ${name}`, () => this.#api.getNetwork(name).inspect());
  }

  hasVolume(name: string): Promise<boolean> {
    return this.#has(`looking for the volume ${name}`, () => this.#api.getVolume(name).inspect());
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

  async createSandbox(sandbox: OwnSandbox, labels: Labels): Promise<void> {
    const options = sandboxOptions(await this.#withHostGateway(sandbox), labels, this.#flavour);
    await this.#create(sandbox.name, inBody(options, { name: sandbox.name }));
    for (const network of sandbox.networks.slice(this.#flavour.networksAtCreation)) {
      await asking(`connecting ${sandbox.name} to ${network.network}`, () =>
        this.#api
          .getNetwork(network.network)
          .connect({ Container: sandbox.name, EndpointConfig: endpointOptions(network) }),
      );
    }
  }

  cannot({ mounts }: ContainerSpec): string | undefined {
    const owned = mounts.find(
      (mount) => mount.type === 'tmpfs' && mount.options?.some((option) => /^[ug]id=/.test(option)),
    );
    if (this.#flavour.ownsTmpfs || !owned) return undefined;
    return `the tmpfs ${owned.target} cannot have an owner with ${this.kind}: give it a mode instead, such as mode=1777`;
  }

  /** The host, as who is on the sandbox's networks reaches it: the gateway of the first that has one. */
  async #withHostGateway(sandbox: OwnSandbox): Promise<OwnSandbox> {
    const isMeant = ({ address }: { readonly address: string }) => address === 'host-gateway';
    if (this.#flavour.knowsHostGateway || !sandbox.extraHosts.some(isMeant)) return sandbox;
    const networks = sandbox.networks.map(({ network }) => network);
    const address = await this.#gatewayOf(networks.length > 0 ? networks : ['podman']);
    if (address === undefined) {
      throw new HeddleError(
        'ERR_COMPOSE_UNSUPPORTED',
        `${sandbox.name}: extra_hosts: host-gateway: none of its networks leads to the host`,
      );
    }
    const extraHosts = sandbox.extraHosts.map((entry) => (isMeant(entry) ? { ...entry, address } : entry));
    return { ...sandbox, extraHosts };
  }

  /** A part of a volume is mounted by where it is on this host: not every engine knows parts. */
  async #withPart(mount: ContainerHome['mounts'][number]): Promise<ContainerHome['mounts'][number]> {
    if (mount.type !== 'volume' || mount.subpath === undefined || mount.source === undefined) return mount;
    const { source: volume, target, readOnly, subpath } = mount;
    const made = await asking(`looking at the volume ${volume}`, () => this.#api.getVolume(volume).inspect());
    if (made.Driver !== 'local' || Object.keys(made.Options ?? {}).length > 0 || !made.Mountpoint) {
      throw new HeddleError(
        'ERR_COMPOSE_UNSUPPORTED',
        `subpath ${subpath} of the volume ${volume}: only plain volumes of this host have parts that can be mounted`,
      );
    }
    const source = await partOfVolume(volume, made.Mountpoint, subpath);
    return { type: 'bind', source, target, readOnly, createSource: false };
  }

  async #gatewayOf(networks: readonly string[]): Promise<string | undefined> {
    for (const network of networks) {
      const { IPAM } = await asking(`looking at the network ${network}`, () =>
        this.#api.getNetwork(network).inspect(),
      );
      const gateways = (IPAM?.Config ?? []).flatMap(({ Gateway }) => Gateway || []);
      const [gateway] = gateways.sort(
        (one, other) => Number(one.includes(':')) - Number(other.includes(':')),
      );
      if (gateway !== undefined) return gateway;
    }
    return undefined;
  }

  async createContainer(container: ContainerSpec, home: ContainerHome, labels: Labels): Promise<void> {
    const what = `creating ${container.name}`;
    const pidMode = home.pid === undefined ? container.pid : await this.#pidModeOf(home.pid, what);
    const hostname =
      this.#flavour.hostnameInSharedNetwork && typeof home.network === 'object'
        ? (home.hostname ?? (await this.#hostnameOf(home.network.container)))
        : undefined;
    const mounts = await Promise.all(home.mounts.map((mount) => this.#withPart(mount)));
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

  inspect(name: string): Promise<ObservedContainer | undefined> {
    return inspectContainer(this.#api, name);
  }

  exec(name: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return exec(this.#api, name, command, options);
  }

  execInteractive(
    name: string,
    command: readonly string[],
    options: InteractiveOptions,
  ): Promise<InteractiveExec> {
    return execInteractive(this.#api, name, command, options);
  }

  execDetached(name: string, command: readonly string[], options: InteractiveOptions): Promise<void> {
    return execDetached(this.#api, name, command, options);
  }

  logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    return logs(this.#api, name, options);
  }

  events(signal: AbortSignal, span?: EventSpan): AsyncIterable<EngineEvent> {
    return events(this.#api, signal, span);
  }

  async pause(name: string): Promise<void> {
    await asking(`pausing ${name}`, () => this.#api.getContainer(name).pause());
  }

  async unpause(name: string): Promise<void> {
    await asking(`unpausing ${name}`, () => this.#api.getContainer(name).unpause());
  }

  processes(name: string): Promise<ProcessTable> {
    return processes(this.#api, name, this.#flavour.processOptions);
  }

  ended(name: string, signal: AbortSignal): Promise<number> {
    return ended(this.#api, name, signal);
  }

  attach(name: string, options: AttachOptions): Promise<InteractiveExec> {
    return attach(this.#api, name, options);
  }

  readArchive(name: string, path: string): Promise<ContainerArchive> {
    return readArchive(this.#api, name, path);
  }

  writeArchive(name: string, path: string, archive: Readable): Promise<void> {
    return writeArchive(this.#api, name, path, archive);
  }

  statPath(name: string, path: string): Promise<PathStat | undefined> {
    return statPath(this.#api, name, path);
  }

  pushImage(reference: string, progress: Progress): Promise<void> {
    return this.#images.push(reference, progress);
  }

  async #pidModeOf(name: string, what: string): Promise<string> {
    const target = await this.inspect(name);
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

  async #has(what: string, inspect: () => Promise<unknown>): Promise<boolean> {
    try {
      await inspect();
      return true;
    } catch (cause) {
      if (isNotFound(cause)) return false;
      throw engineError(cause, what);
    }
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
