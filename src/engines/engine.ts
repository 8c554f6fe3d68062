import type { Readable } from 'node:stream';
import type { Labels } from '../lib/labels.ts';
import type {
  ContainerSpec,
  ImageSource,
  MountSpec,
  NetworkSpec,
  Sandbox,
  VolumeSpec,
} from '../selector/spec.ts';
import type { ContainerHandling } from './handling.ts';
import type { InteractiveExec, TerminalSize } from './interactive.ts';

export type { InteractiveExec, OutputChunk, TerminalSize } from './interactive.ts';

/** A container orchestrator. Everything above speaks this; nothing above knows which one it is. */
export interface Engine extends ContainerHandling {
  readonly kind: EngineKind;
  readonly version: string;
  /** Where it answers, `unix:///run/podman/podman.sock`. */
  readonly endpoint: string;

  /** Whether it takes requests now. */
  isThere(): Promise<boolean>;
  /** What exists of a project, Heddle's or not. */
  observe(project: string): Promise<ObservedObjects>;
  /** The containers that are Heddle's of a project. */
  containers(project: string): Promise<ObservedContainer[]>;
  /** The projects that have containers of Heddle's. */
  projects(): Promise<string[]>;

  /** An image, or nothing when it is not present. */
  image(reference: string): Promise<ObservedImage | undefined>;
  pullImage(reference: string, progress: Progress): Promise<void>;
  buildImage(reference: string, source: BuildSource, progress: Progress): Promise<void>;
  /** Makes a nameless image out of a tar archive of its root file system, and returns its id. */
  importImage(archive: Readable, progress: Progress): Promise<string>;
  tagImage(existing: string, reference: string): Promise<void>;
  /** Takes a name from an image, and removes it when that was its last. Returns why it stays, in words, if it does. */
  removeImage(reference: string): Promise<string | undefined>;

  createNetwork(network: NetworkSpec, labels: Labels): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  /** Name of the bridge on the host that carries a network, if it has one. */
  bridgeOf(network: string): Promise<string | undefined>;
  /** Whether there is a network, or a volume, of this name, whoever made it. */
  hasNetwork(name: string): Promise<boolean>;
  hasVolume(name: string): Promise<boolean>;
  createVolume(volume: VolumeSpec, labels: Labels): Promise<void>;
  removeVolume(name: string): Promise<void>;

  /** Creates the holder of a pod's namespaces; does not start it. */
  createSandbox(sandbox: OwnSandbox, labels: Labels): Promise<void>;
  /** What keeps it from making a container as specified, in words; nothing if nothing does. */
  cannot(container: ContainerSpec): string | undefined;
  createContainer(container: ContainerSpec, home: ContainerHome, labels: Labels): Promise<void>;
  start(name: string): Promise<void>;
  /** Asks the container to end, and ends it after `grace` milliseconds. Does nothing if it does not run. */
  stop(name: string, grace: number): Promise<void>;
  kill(name: string, signal: string): Promise<void>;
  /** Removes a container, running or not, with its anonymous volumes or without. Does nothing if there is none. */
  remove(name: string, volumes: 'keep' | 'remove'): Promise<void>;
  inspect(name: string): Promise<ObservedContainer | undefined>;

  /** Runs a program in a container to its end. */
  exec(name: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Runs a program in a container with its streams joined to the caller's. */
  execInteractive(
    name: string,
    command: readonly string[],
    options: InteractiveOptions,
  ): Promise<InteractiveExec>;
  /** Starts a program in a container, and leaves it alone. */
  execDetached(name: string, command: readonly string[], options: InteractiveOptions): Promise<void>;
  logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>>;
  /** Runs the container's health check once, for engines that do not do so themselves. */
  checkHealth?(name: string): Promise<void>;
  /** Everything that happens to containers of Heddle's, until the signal aborts. */
  events(signal: AbortSignal, span?: EventSpan): AsyncIterable<EngineEvent>;
}

export type EngineKind = 'podman' | 'docker';
export type OwnSandbox = Extract<Sandbox, { kind: 'own' }>;
export type BuildSource = Extract<ImageSource, { kind: 'build' }>;
/** Called with a line of progress for people. */
export type Progress = (line: string) => void;

/** Where a container lives, and where its symbolic mounts are found on this host. */
export interface ContainerHome {
  readonly network: { readonly container: string } | 'host' | 'none';
  /** Host name of the sandbox, where it is known. */
  readonly hostname?: string;
  /** Container whose process view is shared. */
  readonly pid?: string;
  readonly mounts: readonly Exclude<MountSpec, { type: 'state' } | { type: 'file' } | { type: 'secret' }>[];
}

export interface ObservedObjects {
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedResource[];
  readonly volumes: readonly ObservedResource[];
  /** Containers that bear the project's Compose label and are not Heddle's, by name. */
  readonly foreign: readonly string[];
}

export interface ObservedResource {
  readonly name: string;
  /** Whether its label says that Heddle made it for this project. */
  readonly own: boolean;
  readonly hash?: string;
  /** How a volume was made. */
  readonly made?: {
    readonly driver: string;
    readonly options: Readonly<Record<string, string>>;
    readonly labels: Labels;
  };
}

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly image: string;
  readonly imageId: string;
  readonly state: 'created' | 'running' | 'paused' | 'stopped';
  readonly exitCode?: number;
  /** Process id on the host, while it runs. */
  readonly pid?: number;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** Its health check, the image's own included. */
  readonly healthcheck?: { readonly test: readonly string[]; readonly interval: number };
  /** Its volumes that bear no name of anybody's: made for it by the engine. */
  readonly anonymous?: readonly AnonymousVolume[];
  readonly networks: readonly ObservedAddress[];
  readonly ports: readonly { readonly target: string; readonly host: string }[];
}

export interface AnonymousVolume {
  /** What the engine calls it. */
  readonly name: string;
  /** Where it is in the container. */
  readonly target: string;
}

export interface ObservedImage {
  readonly id: string;
  /** Names with tags that it has. */
  readonly names: readonly string[];
  /** Bytes. */
  readonly size: number;
  /** The folders that each of its containers has a volume for. */
  readonly volumes?: readonly string[];
}

export interface ObservedAddress {
  readonly network: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly mac?: string;
}

export interface ExecOptions {
  readonly user?: string;
  readonly privileged?: boolean;
  readonly workingDir?: string;
  /** `NAME=value`. */
  readonly environment?: readonly string[];
  /** Milliseconds; default 30 s. */
  readonly timeout?: number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InteractiveOptions {
  readonly tty: boolean;
  readonly user?: string | undefined;
  readonly workingDir?: string | undefined;
  /** `NAME=value`. */
  readonly environment?: readonly string[];
  /** With every right that root has in a container that is privileged. */
  readonly privileged?: boolean;
  /** Of the terminal, as the program finds it when it starts. */
  readonly size?: TerminalSize | undefined;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Last lines only. */
  readonly tail?: number;
  /** Seconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  readonly timestamps: boolean;
  readonly signal?: AbortSignal;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Seconds since 1970. */
export interface EventSpan {
  readonly since?: number;
  readonly until?: number;
}

export interface EngineEvent {
  /** What happened in Docker's words, whichever engine tells it: `die`, `exec_start`. */
  readonly word: string;
  readonly id: string;
  readonly image: string;
  /** `pause`: begun or ended. `connect`: came onto a network or left it. */
  readonly action: 'create' | 'start' | 'pause' | 'connect' | 'die' | 'remove' | 'health' | 'other';
  readonly container: string;
  readonly labels: Labels;
  /** Milliseconds since 1970. */
  readonly time: number;
}
