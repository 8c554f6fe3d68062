import type { SharingLevel } from '../catalogue/sharing.ts';
import type { Healthcheck, Publication, Service } from '../descriptor/application.ts';
import type { Job } from '../descriptor/job.ts';
import type { Resources } from '../descriptor/resources.ts';
import type { Scaling } from '../descriptor/scaling.ts';
import type { FunctionOf } from '../networks/path/kinds.ts';
import type { ChainSpec, Forwarding, PodChain } from './chain-spec.ts';
import type { FarPod } from './far-pod.ts';

/**
 * The complete, engine-neutral description of a deployment: what the selector produces, `heddle spec` prints and
 * the node makes so. Plain JSON. Times are milliseconds, sizes bytes, CPU in cores.
 */
export interface DeploymentSpec {
  readonly project: string;
  readonly source: { readonly dir: string; readonly files: readonly string[] };
  /** By reference. */
  readonly images: Readonly<Record<string, ImageSource>>;
  readonly networks: readonly NetworkSpec[];
  readonly volumes: readonly VolumeSpec[];
  readonly pods: readonly PodSpec[];
  /** Which feature watches what, for the monitor. */
  readonly features: readonly FeatureInstance[];
  /** Which services are published at the edge; absent: none. */
  readonly edge?: readonly PublishedService[];
  /** Services whose replicas follow what is measured; absent: none. */
  readonly scaling?: readonly ScalingSpec[];
  /** Networks that were to be chosen; absent: none. */
  readonly choices?: readonly NetworkChoice[];
  /** Services whose replicas are the ranks of a job; absent: none. */
  readonly jobs?: readonly JobSpec[];
  /** Pods of services that other nodes have, where the application is over several. */
  readonly elsewhere?: readonly FarPod[];
  /** As they are written; what each pod has to do with them is said of the pods. Absent: there are none. */
  readonly chains?: readonly ChainSpec[];
}

/** Between which bounds a service has replicas, and what they follow. */
export interface ScalingSpec extends Scaling {
  readonly service: string;
}

/** What a network with `archetype: auto` is, and why. */
export interface NetworkChoice {
  /** Its key. */
  readonly network: string;
  readonly archetype: string;
  readonly reason: string;
  readonly cautions: readonly string[];
}

/** A service whose replicas are ranks: replica N is rank N − 1. */
export interface JobSpec extends Pick<Job, 'workers' | 'retries' | 'progressDeadline'> {
  readonly service: string;
  /** What ranks exchange data on, by its name at its owner. */
  readonly network?: string;
}

export interface PublishedService extends Publication {
  readonly service: string;
}

export type ImageSource =
  | { readonly kind: 'registry'; readonly policy: 'missing' | 'always' | 'never' }
  | {
      readonly kind: 'build';
      readonly context: string;
      readonly dockerfile?: string;
      readonly dockerfileInline?: string;
      readonly args: Readonly<Record<string, string>>;
      readonly target?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly network?: string;
      readonly extraHosts: readonly string[];
      readonly noCache: boolean;
      readonly pull: boolean;
      readonly tags: readonly string[];
      /** Build again although an image of this name is present. */
      readonly always: boolean;
    }
  | {
      readonly kind: 'catalogue';
      readonly folder: string;
      readonly base?: string;
      readonly noCache?: boolean;
    }
  /** The base of the catalogue's images: from a registry, or made from Debian packages. */
  | { readonly kind: 'base'; readonly registry: string };

/**
 * Who makes a network and its endpoints. `engine`: the container engine, whatever its driver; else the networking service of
 * the archetype that is named.
 */
export type NetworkOwner = string;

export interface NetworkSpec {
  readonly name: string;
  readonly owner: NetworkOwner;
  /** Key in the Compose file. */
  readonly key: string;
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  /** What is said to the networking service that owns it, besides what the other keys say. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Id under which it is on the physical network. */
  readonly vlan?: number;
  /** Name of a program of its own in the edge. */
  readonly program?: string;
  readonly internal: boolean;
  readonly ipv6: boolean;
  readonly ipam: readonly {
    readonly subnet?: string;
    readonly gateway?: string;
    readonly ipRange?: string;
  }[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface VolumeSpec {
  readonly name: string;
  readonly key: string;
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A sandbox that owns the namespaces, and the containers that live in it. */
export interface PodSpec {
  readonly name: string;
  /**
   * `service`: a replica of a service. `agent`, `collector`: beside the application. `function`: in its path. `oneoff`:
   * made by `run`, beside the replicas of its service.
   */
  readonly role: 'service' | 'agent' | 'collector' | 'function' | 'oneoff';
  /** The service it is a replica of, or that it manages. */
  readonly service?: string;
  /** From 1. */
  readonly index?: number;
  /** Of a replica: the site where its service is to run; absent: wherever the application is brought up. */
  readonly place?: string;
  /** For a function: that it guards a one-off. */
  readonly oneOff?: boolean;
  readonly sandbox: Sandbox;
  readonly containers: readonly ContainerSpec[];
  readonly management?: ManagementLink;
  /**
   * The pods of the functions that all its traffic passes, in the order in which what comes in passes them: those of its
   * service's features, as they are written.
   */
  readonly path: readonly string[];
  /** The chains that some of its traffic passes, in the order of the file. Absent: none. */
  readonly chains?: readonly PodChain[];
  /** For such a pod: what it does, and to whose traffic. */
  readonly function?: PathFunction;
  /** For a pod that is a function of any image, with a role of `function` or, shared, of `service`. */
  readonly forwards?: Forwarding;
}

/** `pod`: whose traffic it is. */
export type PathFunction = FunctionOf & { readonly pod: string };

/** Whose network namespace a pod lives in: its own holder's, another pod's, some container's, or the host's. */
export type Sandbox =
  | ({ readonly kind: 'own' } & SandboxSpec)
  | { readonly kind: 'pod'; readonly pod: string }
  | { readonly kind: 'container'; readonly container: string }
  | { readonly kind: 'host' };

/** How a pod hangs on the management bridge of its application. */
export interface ManagementLink {
  /** IPv6 unique local address (RFC 4193), the same on every run. */
  readonly address: string;
  /** An isolated port reaches only ports that are not: agents reach collectors, and nobody else. */
  readonly isolated: boolean;
}

type ServiceNaming = Pick<
  Service,
  'hostname' | 'domainname' | 'extraHosts' | 'dns' | 'dnsSearch' | 'dnsOptions' | 'sysctls'
>;

/** What the holder container carries: everything that belongs to the pod's network namespace. */
export interface SandboxSpec extends ServiceNaming {
  readonly name: string;
  readonly image: string;
  /** Without any, the sandbox has a loopback only, unless it is on the engine's own bridge. */
  readonly networks: readonly SandboxNetwork[];
  /** On the engine's default network (`network_mode: bridge`). */
  readonly engineBridge?: boolean;
  readonly ports: readonly PortSpec[];
}

export interface SandboxNetwork {
  /** Name at its owner. */
  readonly network: string;
  /** The archetype whose service makes the endpoint; absent: it is the engine's. A sandbox has all from one of the two. */
  readonly owner?: NetworkOwner;
  readonly aliases: readonly string[];
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly mac?: string;
}

export interface PortSpec {
  readonly target: number;
  readonly published?: number;
  readonly hostIp?: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

type ServiceRuntime = Pick<
  Service,
  | 'command'
  | 'entrypoint'
  | 'user'
  | 'groupAdd'
  | 'workingDir'
  | 'tty'
  | 'stdinOpen'
  | 'init'
  | 'privileged'
  | 'readOnly'
  | 'capAdd'
  | 'capDrop'
  | 'securityOpt'
  | 'devices'
  | 'ulimits'
  | 'shmSize'
  | 'ipc'
  | 'pid'
  | 'stopSignal'
  | 'logging'
  | 'annotations'
  | 'platform'
  | 'uts'
  | 'hooks'
>;

export interface ContainerSpec extends Partial<ServiceRuntime> {
  /** For a one-off: its standard input ends with the client's. */
  readonly stdinOnce?: boolean;
  /** Name at the engine. */
  readonly name: string;
  /** Name within the pod: `app`, or `<feature>.<agent>`. */
  readonly key: string;
  readonly role: 'application' | 'agent' | 'collector';
  /** The feature that an agent or collector belongs to. */
  readonly feature?: string;
  readonly sharing?: SharingLevel;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly MountSpec[];
  /** Containers whose volumes it has, too: `NAME[:ro]`. */
  readonly volumesFrom?: readonly string[];
  readonly resources: Resources;
  readonly restart: Service['restart'];
  readonly stopGracePeriod: number;
  readonly healthcheck?: Healthcheck | 'disabled';
  readonly dependsOn: readonly DependencySpec[];
  /** Functions whose outputs it finds among its mounts: it starts when they are configured. Absent: none. */
  readonly outputsOf?: readonly string[];
}

export interface DependencySpec {
  readonly service: string;
  /** `service_created`: of ranks of a job, which start when all are. */
  readonly condition:
    | 'service_created'
    | 'service_started'
    | 'service_healthy'
    | 'service_completed_successfully';
  readonly restart: boolean;
}

export type MountSpec =
  | Service['mounts'][number]
  /** A folder of the application in the node's state folder. */
  | {
      readonly type: 'state';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** Whoever the container’s program runs as may write there. */
      readonly anybody?: boolean;
    }
  /** A file with generated secrets, a line `key=value` each; made once and kept in the node's state folder (0600). */
  | {
      readonly type: 'secret';
      readonly name: string;
      readonly keys: readonly string[];
      readonly target: string;
    }
  /** A file whose content the node writes into its state folder (0600) and mounts. */
  | {
      readonly type: 'file';
      readonly target: string;
      readonly content: { readonly file: string } | { readonly inline: string };
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

/** One feature at work. */
export interface FeatureInstance {
  readonly feature: string;
  /** The service it was asked for, or whose traffic it is; absent for a feature between services. */
  readonly service?: string;
  /** The chain that it is a function of. */
  readonly chain?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Its agents, and its collector if it has one. */
  readonly agents: readonly { readonly pod: string; readonly container: string }[];
  readonly collector?: { readonly pod: string; readonly container: string };
  readonly budget?: { readonly cpu?: number; readonly memory?: number };
}

/** Where in the application's state folder a function finds its configuration. */
export function functionFolder(pod: string): string {
  return `functions/${pod}`;
}
