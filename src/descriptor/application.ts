import type { Chain, NetworkFunction } from './chain.ts';
import type { Job } from './job.ts';
import type { PortWords, Reach } from './publication-words.ts';
import type { Resources } from './resources.ts';
import type { Scaling } from './scaling.ts';

/**
 * An application as its owner describes it: a Compose project after merging, interpolation, `extends`,
 * `include` and profiles, in one checked form. Durations are milliseconds, sizes bytes, CPU in cores.
 */
export interface Application {
  /** Compose's project name: `[a-z0-9][a-z0-9_-]*`. */
  readonly name: string;
  /** Absolute folder that relative paths are resolved against. */
  readonly dir: string;
  /** Absolute paths of the Compose files, in the order of `-f`. */
  readonly files: readonly string[];
  /** Active services (by profile) only, by name. */
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  /** `x-heddle.manage` at top level: requests that concern several services, by feature. Unchecked parameters. */
  readonly manage: Readonly<Record<string, FeatureRequest>>;
  /** `x-heddle.objectives`: limits to figures, unchecked: templates say which they can watch over. */
  readonly objectives: readonly FeatureParameters[];
  /** `x-heddle.chains`, in the order of the file. What their names stand for is unchecked: that is the selector's. */
  readonly chains: readonly Chain[];
}

/** What the owner wrote under a feature's name: on, off, parameters, or a list of parameters. */
export type FeatureRequest = boolean | FeatureParameters | readonly FeatureParameters[];
export type FeatureParameters = Readonly<Record<string, unknown>>;

export interface Service {
  readonly name: string;
  /** Set unless `build` is; with both, the name that the built image is given. */
  readonly image?: string;
  readonly build?: Build;
  readonly pullPolicy?: 'always' | 'missing' | 'never' | 'build';
  readonly platform?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly containerName?: string;
  readonly replicas: number;
  readonly restart: RestartPolicy;
  readonly dependsOn: Readonly<Record<string, Dependency>>;
  /** `undefined`: the image's own; `disabled`: none. */
  readonly healthcheck?: Healthcheck | 'disabled';
  /** `bridge`: on `networks`. */
  readonly networkMode:
    | 'bridge'
    | 'none'
    | 'host'
    | { readonly service: string }
    | { readonly container: string };
  /** By the key of the application's network. Empty unless `networkMode` is `bridge`. */
  readonly networks: Readonly<Record<string, Attachment>>;
  readonly ports: readonly Port[];
  readonly expose: readonly string[];
  readonly mounts: readonly Mount[];
  /** Configs and secrets. */
  readonly files: readonly FileMount[];
  readonly hostname?: string;
  readonly domainname?: string;
  readonly extraHosts: readonly { readonly host: string; readonly address: string }[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly groupAdd: readonly string[];
  readonly workingDir?: string;
  readonly tty: boolean;
  readonly stdinOpen: boolean;
  readonly init: boolean;
  readonly privileged: boolean;
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOpt: readonly string[];
  readonly devices: readonly {
    readonly host: string;
    readonly container: string;
    readonly permissions: string;
  }[];
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly shmSize?: number;
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: 'host';
  /** `develop.watch`. */
  readonly watch?: readonly WatchRule[];
  /** Run in the container, in order: by the turn of its life. */
  readonly hooks?: Hooks;
  /** Containers whose volumes it has: of a service's first replica, or by name. */
  readonly volumesFrom: readonly VolumesFrom[];
  readonly stopSignal?: string;
  readonly stopGracePeriod: number;
  readonly resources: Resources;
  readonly logging?: { readonly driver?: string; readonly options: Readonly<Record<string, string>> };
  /** `x-heddle.manage` of the service, by feature. Unchecked parameters: templates say what they may be. */
  readonly manage: Readonly<Record<string, FeatureRequest>>;
  /** `x-heddle.edge`; absent: the service is not published at the edge. */
  readonly edge?: Publication;
  /** `x-heddle.function`; absent: no traffic is led through it. */
  readonly function?: NetworkFunction;
  /** `x-heddle.scale`: what the number of its replicas follows; absent: nothing. */
  readonly scaling?: Scaling;
  /** `x-heddle.job`: what its replicas are the ranks of; absent: nothing. */
  readonly job?: Job;
  /** `x-heddle.place`: the sites that its replicas are dealt out over; absent: all are wherever the application is brought up. */
  readonly places?: readonly string[];
  /** `x-heddle.outputsOf`: functions whose outputs it uses. */
  readonly outputsOf?: readonly string[];
}

/** How a service is published at the edge: the name that clients find it by, and how they reach it. */
export interface Publication extends Reach {
  readonly name: string;
  readonly namespace: string;
  /** Whether the owner wrote the name out: only then it may be one service with others of that name. */
  readonly explicit: boolean;
  readonly ports: readonly PublishedPort[];
}

export interface PublishedPort extends PortWords {
  readonly name: string;
  /** Inside the service. */
  readonly target: number;
}

export interface Build {
  /** Absolute path of the folder. */
  readonly context: string;
  /** Relative to the context; Compose's default is `Dockerfile`, and `Containerfile` where only that is there. */
  readonly dockerfile?: string;
  readonly dockerfileInline?: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly network?: string;
  readonly pull: boolean;
  readonly noCache: boolean;
  readonly extraHosts: readonly string[];
  readonly tags: readonly string[];
}

export interface Hooks {
  /** Before each start, in a container of its own with the service's image and mounts. */
  readonly preStart?: readonly Hook[];
  readonly postStart?: readonly Hook[];
  readonly preStop?: readonly Hook[];
}

export interface Hook {
  readonly command: readonly string[];
  readonly user?: string;
  readonly privileged: boolean;
  readonly workingDir?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What `heddle watch` does when something changes below a path. */
export interface WatchRule {
  /** Absolute. */
  readonly path: string;
  readonly action: 'sync' | 'rebuild' | 'restart' | 'sync+restart' | 'sync+exec';
  /** Where it goes in the service's containers, for those that sync. */
  readonly target?: string;
  /** Patterns of paths below `path`, as in a `.dockerignore`. */
  readonly ignore: readonly string[];
  /** Without any, everything. */
  readonly include: readonly string[];
  /** Sync what is there when the watching begins. */
  readonly initialSync: boolean;
  readonly exec?: Hook;
}

export type VolumesFrom = ({ readonly service: string } | { readonly container: string }) & {
  readonly readOnly: boolean;
};

export interface RestartPolicy {
  readonly condition: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** How often at most; absent: without end. */
  readonly maxAttempts?: number;
}

export interface Dependency {
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  /** Restart the dependent when Heddle replaces or restarts the dependency. */
  readonly restart: boolean;
  readonly required: boolean;
}

export interface Healthcheck {
  /** First word `CMD` or `CMD-SHELL`, as the engines have it. Absent: the image's own, with the timing here. */
  readonly test?: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly startPeriod?: number;
  readonly startInterval?: number;
  readonly retries?: number;
}

export interface Attachment {
  readonly aliases: readonly string[];
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly linkLocal: readonly string[];
  readonly mac?: string;
  readonly priority: number;
}

export interface Port {
  /** Port inside the service, 1–65535. */
  readonly target: number;
  /** Port on the host; absent: the engine picks one. A range of one service's replicas is `published`–`publishedEnd`. */
  readonly published?: number;
  readonly publishedEnd?: number;
  readonly hostIp?: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

export type Mount =
  | {
      readonly type: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly createSource: boolean;
      readonly propagation?: string;
      readonly selinux?: 'z' | 'Z';
    }
  | {
      readonly type: 'volume';
      readonly source?: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly noCopy: boolean;
      /** The folder or file of the volume that is mounted; absent: all of it. */
      readonly subpath?: string;
    }
  | {
      readonly type: 'tmpfs';
      readonly target: string;
      readonly size?: number;
      readonly mode?: number;
      /** Further options of mount(8) as written: `ro`, `noexec`, `uid=1000`. */
      readonly options?: readonly string[];
    };

/** A config or a secret, as a file in the service. */
export interface FileMount {
  readonly kind: 'config' | 'secret';
  readonly name: string;
  readonly target: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
  readonly content:
    | { readonly file: string }
    | { readonly environment: string }
    | { readonly inline: string };
}

export interface Network {
  /** Key in the Compose file. */
  readonly key: string;
  /** Name at the engine: `<project>_<key>` unless `name` is given or it is external. */
  readonly name: string;
  readonly external: boolean;
  /** Whose networking service makes it; absent: the engine does. */
  readonly archetype?: string;
  /** With `auto`: what it has to give. Bits a second; milliseconds. */
  readonly needs?: {
    readonly bandwidth?: number | undefined;
    readonly p99?: number | undefined;
    readonly encrypted?: boolean | undefined;
  };
  /** What was chosen where `auto` was written, or why nothing could be. */
  readonly chosen?: {
    readonly archetype?: string;
    readonly reason: string;
    readonly cautions: readonly string[];
  };
  /** What is said to that service besides. */
  readonly archetypeOptions?: Readonly<Record<string, unknown>>;
  /** Id under which it is on the physical network; absent: it is not. */
  readonly vlan?: number;
  /** Name of a program of its own that its frames pass on the way there. */
  readonly program?: string;
  readonly driver?: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly internal: boolean;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly ipam: readonly {
    readonly subnet?: string;
    readonly gateway?: string;
    readonly ipRange?: string;
  }[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Volume {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}
