import type { Readable } from 'node:stream';
import type { InteractiveExec, TerminalSize } from './interactive.ts';

export type { InteractiveExec, OutputChunk, TerminalSize } from './interactive.ts';

/** What happens inside containers that run: programs, files, what they print. */
export interface Console {
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
  /** Joins the streams of a container's first process, also of one that has not been started yet. */
  attach(name: string, options: AttachOptions): Promise<InteractiveExec>;
  logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>>;
  /** The processes of a container, as `ps` of the host shows them. */
  processes(name: string): Promise<ProcessTable>;
  /**
   * A file or folder of a container as a tar archive. The engine looks the path up inside the container: nothing of it is
   * joined to a path of the host.
   */
  readArchive(name: string, path: string): Promise<ContainerArchive>;
  /** Unpacks a tar archive in a folder of a container, which has to be there. */
  writeArchive(name: string, path: string, archive: Readable): Promise<void>;
  /** What stands at a path of a container; nothing when there is nothing. */
  statPath(name: string, path: string): Promise<PathStat | undefined>;
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

export interface AttachOptions {
  readonly tty: boolean;
  readonly input: boolean;
  /** Keys that let go of it, `ctrl-p,ctrl-q`. */
  readonly detachKeys?: string | undefined;
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

export interface ProcessTable {
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
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
