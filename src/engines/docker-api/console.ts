import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type {
  AttachOptions,
  Console,
  ContainerArchive,
  ExecOptions,
  ExecResult,
  InteractiveExec,
  InteractiveOptions,
  LogLine,
  LogOptions,
  PathStat,
  ProcessTable,
} from '../console.ts';
import { readArchive, statPath, writeArchive } from './archive.ts';
import { attach, processes } from './containers.ts';
import { execDetached, execInteractive } from './exec.ts';
import type { Flavour } from './flavours.ts';
import { exec, logs } from './streams.ts';

/** Programs and files in containers, over the Docker API. */
export class DockerConsole implements Console {
  readonly #api: Docker;
  readonly #flavour: Flavour;

  constructor(api: Docker, flavour: Flavour) {
    this.#api = api;
    this.#flavour = flavour;
  }

  exec(name: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return exec(this.#api, name, command, options);
  }

  execInteractive(
    name: string,
    command: readonly string[],
    options: InteractiveOptions,
  ): Promise<InteractiveExec> {
    return execInteractive(this.#api, name, command, options);
  }

  execDetached(name: string, command: readonly string[], options: InteractiveOptions): Promise<void> {
    return execDetached(this.#api, name, command, options);
  }

  attach(name: string, options: AttachOptions): Promise<InteractiveExec> {
    return attach(this.#api, name, options);
  }

  logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    return logs(this.#api, name, options);
  }

  processes(name: string): Promise<ProcessTable> {
    return processes(this.#api, name, this.#flavour.processOptions);
  }

  readArchive(name: string, path: string): Promise<ContainerArchive> {
    return readArchive(this.#api, name, path);
  }

  writeArchive(name: string, path: string, archive: Readable): Promise<void> {
    return writeArchive(this.#api, name, path, archive);
  }

  statPath(name: string, path: string): Promise<PathStat | undefined> {
    return statPath(this.#api, name, path);
  }
}
