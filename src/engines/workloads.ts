import type { Labels } from '../lib/labels.ts';
import type { ContainerSpec, MountSpec, NetworkSpec, Sandbox, VolumeSpec } from '../selector/spec.ts';
import type { EngineEvent, EventSpan, ObservedContainer, ObservedObjects } from './observed.ts';

/** Pods with what they need of networks and volumes: what is there, and what is made, started and removed. */
export interface Workloads {
  /** What exists of a project, Heddle's or not. */
  observe(project: string): Promise<ObservedObjects>;
  /** The containers that are Heddle's of a project. */
  containers(project: string): Promise<ObservedContainer[]>;
  /** The projects that have containers of Heddle's. */
  projects(): Promise<string[]>;
  inspect(name: string): Promise<ObservedContainer | undefined>;
  /** Everything that happens to containers of Heddle's, until the signal aborts. */
  events(signal: AbortSignal, span?: EventSpan): AsyncIterable<EngineEvent>;

  createNetwork(network: NetworkSpec, labels: Labels): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  createVolume(volume: VolumeSpec, labels: Labels): Promise<void>;
  removeVolume(name: string): Promise<void>;
  /** The names of all containers, networks and volumes, whoever made them. */
  containerNames(): Promise<ReadonlySet<string>>;
  networkNames(): Promise<ReadonlySet<string>>;
  volumeNames(): Promise<ReadonlySet<string>>;

  /** What keeps it from making a container as specified, in words; nothing if nothing does. */
  cannot(container: ContainerSpec): string | undefined;
  /** Creates the holder of a pod's namespaces; does not start it. */
  createSandbox(sandbox: OwnSandbox, labels: Labels): Promise<void>;
  createContainer(container: ContainerSpec, home: ContainerHome, labels: Labels): Promise<void>;
  start(name: string): Promise<void>;
  /** Asks the container to end, and ends it after `grace` milliseconds. Does nothing if it does not run. */
  stop(name: string, grace: number): Promise<void>;
  kill(name: string, signal: string): Promise<void>;
  pause(name: string): Promise<void>;
  unpause(name: string): Promise<void>;
  /** Removes a container, running or not, with its anonymous volumes or without. Does nothing if there is none. */
  remove(name: string, volumes: 'keep' | 'remove'): Promise<void>;
  /** Waits for the end of a container that runs; returns its exit code. At once for one that has ended. */
  ended(name: string, signal: AbortSignal): Promise<number>;
  /** Runs the container's health check once, for engines that do not do so themselves. */
  checkHealth?(name: string): Promise<void>;
}

export type OwnSandbox = Extract<Sandbox, { kind: 'own' }>;

/** Where a container lives, and where its symbolic mounts are found on this host. */
export interface ContainerHome {
  readonly network: { readonly container: string } | 'host' | 'none';
  /** Host name of the sandbox, where it is known. */
  readonly hostname?: string;
  /** Container whose process view is shared. */
  readonly pid?: string;
  readonly mounts: readonly Exclude<MountSpec, { type: 'state' } | { type: 'file' } | { type: 'secret' }>[];
}
