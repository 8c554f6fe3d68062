import type { Labels } from '../lib/labels.ts';

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
  /** Of a network: the archetype whose service made it; absent: the engine did. */
  readonly owner?: string;
  /** Of a network that nodes share: the others that have something on it. Absent: none. */
  readonly elsewhere?: readonly string[];
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

export interface ObservedAddress {
  readonly network: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly mac?: string;
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
