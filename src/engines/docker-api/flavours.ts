import type Docker from 'dockerode';
import type { DockerKind } from '../engine.ts';
import type { ObservedContainer } from '../observed.ts';
import { get } from './raw.ts';

interface NetworkInfo {
  readonly Id: string;
  readonly Options?: Readonly<Record<string, string>> | undefined;
}

/** Where engines that speak the Docker API differ. Everything else is alike. */
export interface Flavour {
  readonly kind: DockerKind;
  /** How a container is put into another's process view. */
  pidMode(target: ObservedContainer): string;
  /** Whether a container that shares a network namespace may have a host name of its own. */
  readonly hostnameInSharedNetwork: boolean;
  /** On how many networks a container can be when it is created; it is connected to the others before it starts. */
  readonly networksAtCreation: number;
  /** Whether a hardware address is given to the container rather than to its place on a network. */
  readonly macOfContainer: boolean;
  /** Options that every network is created with. */
  readonly networkOptions: Readonly<Record<string, string>>;
  /** Name of the bridge on the host that carries a network. */
  bridgeName(api: Docker, network: string, info: NetworkInfo): Promise<string | undefined>;
  /** A health check's test as the engine takes it. */
  healthTest(test: readonly string[]): readonly string[];
  /** What to ask for to see the processes of a container. */
  readonly processOptions: Readonly<Record<string, string>>;
  /** Whether it puts the host's address in the place of the word `host-gateway`. */
  readonly knowsHostGateway: boolean;
  /** Whether a tmpfs may have an owner. */
  readonly ownsTmpfs: boolean;
  /** Whether it reads itself what its user logged in with at registries, or has to be told with each request. */
  readonly knowsLogins: boolean;
  /** Whether health checks run by themselves, or have to be asked for one by one. */
  readonly runsHealthChecks: boolean;
}

export const podman: Flavour = {
  kind: 'podman',
  // A path, not `container:NAME`: it makes no dependency, so that the application's container can still be removed.
  pidMode: (target) => `ns:/proc/${target.pid}/ns/pid`,
  hostnameInSharedNetwork: true,
  networksAtCreation: Number.POSITIVE_INFINITY,
  macOfContainer: false,
  // Without it Podman routes between its networks.
  networkOptions: { isolate: 'true' },
  bridgeName: async (api, network) => {
    const path = `/v4.0.0/libpod/networks/${encodeURIComponent(network)}/json`;
    return (await get<{ network_interface?: string }>(api, path)).network_interface;
  },
  // Podman 4 takes the words of a test apart at every space: one with spaces in a word has to go through a shell.
  healthTest: ([kind = '', ...words]) =>
    kind === 'CMD' && words.some((word) => /\s/.test(word))
      ? ['CMD-SHELL', words.map(quoted).join(' ')]
      : [kind, ...words],
  // Without columns it asks the container's own ps; and it would go on answering.
  processOptions: { stream: 'false', ps_args: 'user,pid,ppid,pcpu,stime,tty,time,args' },
  // Podman 4 writes the word into /etc/hosts as if it were an address.
  knowsHostGateway: false,
  // It knows neither uid= nor gid=, and mounts nothing then.
  ownsTmpfs: false,
  knowsLogins: true,
  // It leaves them to systemd timers, which not every host has.
  runsHealthChecks: false,
};

export const docker: Flavour = {
  kind: 'docker',
  pidMode: (target) => `container:${target.name}`,
  hostnameInSharedNetwork: false,
  // Until API 1.44 it took no more, and overlooked a hardware address anywhere else; newer ones take it this way too.
  networksAtCreation: 1,
  macOfContainer: true,
  networkOptions: {},
  healthTest: (test) => test,
  bridgeName: async (_api, _network, { Id, Options }) =>
    Options?.['com.docker.network.bridge.name'] ?? `br-${Id.slice(0, 12)}`,
  processOptions: {},
  knowsHostGateway: true,
  ownsTmpfs: true,
  knowsLogins: false,
  runsHealthChecks: true,
};

/** A word as a shell takes it for one (POSIX, Shell Command Language, 2.2.2). */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
