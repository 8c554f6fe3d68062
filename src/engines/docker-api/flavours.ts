import type { EngineKind, ObservedContainer } from '../engine.ts';

/** Where engines that speak the Docker API differ. Everything else is alike. */
export interface Flavour {
  readonly kind: EngineKind;
  /** How a container is put into another's process view. */
  pidMode(target: ObservedContainer): string;
  /** Whether a container that shares a network namespace may have a host name of its own. */
  readonly hostnameInSharedNetwork: boolean;
  /** Options that every network is created with. */
  readonly networkOptions: Readonly<Record<string, string>>;
  /** Whether health checks run by themselves, or have to be asked for one by one. */
  readonly runsHealthChecks: boolean;
}

export const podman: Flavour = {
  kind: 'podman',
  // A path, not `container:NAME`: it makes no dependency, so that the application's container can still be removed.
  pidMode: (target) => `ns:/proc/${target.pid}/ns/pid`,
  hostnameInSharedNetwork: true,
  // Without it Podman routes between its networks.
  networkOptions: { isolate: 'true' },
  // It leaves them to systemd timers, which not every host has.
  runsHealthChecks: false,
};

export const docker: Flavour = {
  kind: 'docker',
  pidMode: (target) => `container:${target.name}`,
  hostnameInSharedNetwork: false,
  networkOptions: {},
  runsHealthChecks: true,
};
