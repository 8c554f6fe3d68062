import type { Readable } from 'node:stream';
import type { InteractiveExec } from './interactive.ts';

/** What an engine does with single containers for people at a command line. */
export interface ContainerHandling {
  pause(name: string): Promise<void>;
  unpause(name: string): Promise<void>;
  /** The processes of a container, as `ps` of the host shows them. */
  processes(name: string): Promise<ProcessTable>;
  /** Waits for the end of a container that runs; returns its exit code. At once for one that has ended. */
  ended(name: string, signal: AbortSignal): Promise<number>;
  /** Joins the streams of a container's first process, also of one that has not been started yet. */
  attach(name: string, options: AttachOptions): Promise<InteractiveExec>;
  /**
   * A file or folder of a container as a tar archive. The engine looks the path up inside the container: nothing of it is
   * joined to a path of the host.
   */
  readArchive(name: string, path: string): Promise<ContainerArchive>;
  /** Unpacks a tar archive in a folder of a container, which has to be there. */
  writeArchive(name: string, path: string, archive: Readable): Promise<void>;
  /** What stands at a path of a container; nothing when there is nothing. */
  statPath(name: string, path: string): Promise<PathStat | undefined>;
  pushImage(reference: string, progress: (line: string) => void): Promise<void>;
}

export interface ProcessTable {
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

export interface AttachOptions {
  readonly tty: boolean;
  readonly input: boolean;
  /** Keys that let go of it, `ctrl-p,ctrl-q`. */
  readonly detachKeys?: string | undefined;
}

export interface ContainerArchive {
  readonly stat: PathStat;
  readonly archive: Readable;
}

export interface PathStat {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Where a link leads. */
  readonly target: string;
}
