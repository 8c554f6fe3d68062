import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { composeLabel, type Labels } from '../../lib/labels.ts';
import type { ContainerSpec, NetworkSpec, VolumeSpec } from '../../selector/spec.ts';
import type {
  BuildSource,
  ContainerHome,
  Engine,
  EngineEvent,
  ExecOptions,
  ExecResult,
  InteractiveExec,
  InteractiveOptions,
  LogLine,
  LogOptions,
  ObservedContainer,
  ObservedObjects,
  OwnSandbox,
  Progress,
} from '../engine.ts';
import { containerOptions, sandboxOptions } from './create-options.ts';
import { asking, engineError, isNotFound, isNotModified } from './errors.ts';
import type { Flavour } from './flavours.ts';
import { Images } from './images.ts';
import { inspectContainer, observe, projects } from './observe.ts';
import { get } from './raw.ts';
import { events, exec, execInteractive, logs } from './streams.ts';

/** A client that asks in the negotiated version, and one for paths that say theirs themselves. */
interface Clients {
  readonly api: Docker;
  readonly unversioned: Docker;
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

  constructor(clients: Clients, flavour: Flavour, version: string, endpoint: string) {
    const { api, unversioned } = clients;
    this.#api = api;
    this.#unversioned = unversioned;
    this.#flavour = flavour;
    this.#images = new Images(api);
    this.kind = flavour.kind;
    this.version = version;
    this.endpoint = endpoint;
    if (!flavour.runsHealthChecks) this.checkHealth = (name) => this.#podmanHealthCheck(name);
  }

  observe(project: string): Promise<ObservedObjects> {
    return observe(this.#api, project);
  }

  projects(): Promise<string[]> {
    return projects(this.#api);
  }

  imageId(reference: string): Promise<string | undefined> {
    return this.#images.id(reference);
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

  async createNetwork(network: NetworkSpec, labels: Labels): Promise<void> {
    await asking(`creating the network ${network.name}`, () =>
      this.#api.createNetwork({
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
      }),
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

  async createVolume(volume: VolumeSpec, labels: Labels): Promise<void> {
    await asking(`creating the volume ${volume.name}`, () =>
      this.#api.createVolume({
        Name: volume.name,
        Driver: volume.driver ?? 'local',
        DriverOpts: { ...volume.driverOptions },
        Labels: { ...volume.labels, ...labels, [composeLabel.volume]: volume.key },
      }),
    );
  }

  async removeVolume(name: string): Promise<void> {
    await this.#unlessGone(`removing the volume ${name}`, () => this.#api.getVolume(name).remove());
  }

  async createSandbox(sandbox: OwnSandbox, labels: Labels): Promise<void> {
    await asking(`creating ${sandbox.name}`, () =>
      this.#api.createContainer(sandboxOptions(sandbox, labels)),
    );
  }

  async createContainer(container: ContainerSpec, home: ContainerHome, labels: Labels): Promise<void> {
    const what = `creating ${container.name}`;
    const pidMode = home.pid === undefined ? container.pid : await this.#pidModeOf(home.pid, what);
    const hostname =
      this.#flavour.hostnameInSharedNetwork && typeof home.network === 'object'
        ? await this.#hostnameOf(home.network.container)
        : undefined;
    const options = containerOptions(container, home, pidMode, hostname, labels, this.#flavour);
    await asking(what, () => this.#api.createContainer(options));
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

  async remove(name: string): Promise<void> {
    await this.#unlessGone(`removing ${name}`, () =>
      this.#api.getContainer(name).remove({ force: true, v: true }),
    );
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

  logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    return logs(this.#api, name, options);
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return events(this.#api, signal);
  }

  async #pidModeOf(name: string, what: string): Promise<string> {
    const target = await this.inspect(name);
    if (target?.pid === undefined) throw engineError(new Error(`${name} does not run`), what);
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
