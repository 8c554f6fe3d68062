import type { SharingLevel } from '../../catalogue/sharing.ts';

/** What `heddle inspect` says of one container. Stable. */
export interface InspectRecord {
  readonly name: string;
  readonly pod: string;
  readonly service: string | null;
  readonly role: 'application' | 'agent' | 'collector';
  readonly feature: string | null;
  /** Its first process on this host; null when it does not run. */
  readonly pid: number | null;
  /** What its template, or the Compose file, gives it. */
  readonly declared: Standing;
  /** What its running processes have; null when it does not run. */
  readonly observed: Standing | null;
  /** How each part of `observed` was found. */
  readonly how: Readonly<Record<keyof Standing, string>> | null;
  readonly asDeclared: boolean;
  /** What it has and should not have, or should have and has not. */
  readonly differences: readonly string[];
}

/** Where a container stands: what it shares, what it may do, what it sees of the host's files, where it is connected. */
export interface Standing {
  /** What it shares with the application's containers; null for the application's own. */
  readonly sharing: SharingLevel | 'host' | null;
  /** Whose each is: `own`, `host`, or the name of the container that it is shared with. */
  readonly namespaces: Readonly<Record<NamespaceKind, string>>;
  /** Without `CAP_`, sorted. Observed: all that any of its processes has or may get. */
  readonly capabilities: readonly string[];
  /** Whether running a program can give it no more rights than it has. */
  readonly noNewPrivileges: boolean;
  /** What it sees of the host's files and volumes, without what every container has from the engine. */
  readonly mounts: readonly MountStanding[];
  /** The networks its pod is on, and the functions in the path of each: in the order in which what comes in passes them. */
  readonly networks: readonly { readonly network: string; readonly path: readonly string[] }[];
  /** Its pod's port on the management bridge. */
  readonly management: 'none' | 'isolated' | 'open';
}

export const namespaceKinds = ['network', 'pid', 'mount', 'ipc', 'uts'] as const;
export type NamespaceKind = (typeof namespaceKinds)[number];

export interface MountStanding {
  /** A path of the host, `volume NAME`, or `tmpfs`. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}
