import type { EngineCapability } from '../catalogue/needs.ts';
import type { Console } from './console.ts';
import type { HostAccess } from './host-access.ts';
import type { Images } from './images.ts';
import type { Workloads } from './workloads.ts';

/** A container orchestrator, by what it can do. Everything above speaks this; nothing above knows which one it is. */
export interface Engine {
  readonly kind: EngineKind | 'none';
  readonly version: string;
  /** Where it answers, `unix:///run/podman/podman.sock`. */
  readonly endpoint: string;

  /** What it has of that which not every engine has. */
  readonly offers: ReadonlySet<EngineCapability>;

  /** Whether it takes requests now. */
  isThere(): Promise<boolean>;

  readonly workloads: Workloads;
  readonly images: Images;
  readonly console: Console;
  readonly host: HostAccess;
}

/** What answers at the Docker API. */
export type DockerKind = 'podman' | 'docker';
export type EngineKind = DockerKind | 'lxc';
