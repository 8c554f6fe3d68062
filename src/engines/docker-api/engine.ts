import type { EngineCapability } from '../../catalogue/needs.ts';
import type { Engine } from '../engine.ts';
import type { Clients } from './clients.ts';
import { DockerConsole } from './console.ts';
import { type Address, isListening } from './endpoint.ts';
import type { Flavour } from './flavours.ts';
import { DockerHost } from './host-access.ts';
import { DockerImages } from './images.ts';
import type { RegistryCredentials } from './registry/credentials.ts';
import { DockerWorkloads } from './workloads.ts';

interface EngineAddress {
  /** As it was given: `unix:///run/docker.sock`. */
  readonly endpoint: string;
  readonly address: Address;
  /** What registries are told; an engine that knows it itself is told nothing. */
  readonly credentials: RegistryCredentials;
  readonly offers: ReadonlySet<EngineCapability>;
}

/** Podman and Docker, over the Docker REST API. */
export class DockerApiEngine implements Engine {
  readonly kind;
  readonly version: string;
  readonly endpoint: string;
  readonly offers: ReadonlySet<EngineCapability>;
  readonly workloads: DockerWorkloads;
  readonly images: DockerImages;
  readonly console: DockerConsole;
  readonly host: DockerHost;
  readonly #address: Address;

  constructor(
    clients: Clients,
    flavour: Flavour,
    version: string,
    { endpoint, address, credentials, offers }: EngineAddress,
  ) {
    this.kind = flavour.kind;
    this.version = version;
    this.endpoint = endpoint;
    this.offers = offers;
    const here = offers.has('host');
    this.workloads = new DockerWorkloads(clients, flavour, here);
    this.images = new DockerImages(clients.api, flavour.knowsLogins ? undefined : credentials);
    this.console = new DockerConsole(clients.api, flavour);
    this.host = new DockerHost(clients, flavour, here);
    this.#address = address;
  }

  isThere(): Promise<boolean> {
    return isListening(this.#address);
  }
}
