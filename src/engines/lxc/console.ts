import { constants, createWriteStream, openSync } from 'node:fs';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { HeddleError } from '../../lib/errors.ts';
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
import { type Attached, attachedTo, execAlone, execJoined, execToEnd, spawnIn } from './exec.ts';
import type { LxcFolders } from './folders.ts';
import type { LxcLife } from './life.ts';
import { logLines, printedFrom } from './log-file.ts';
import { processTable } from './processes.ts';
import type { LxcRecords } from './record.ts';
import { infoOf, stateOf } from './state.ts';

/** Programs and files in containers of LXC’s. */
export class LxcConsole implements Console {
  readonly #folders: LxcFolders;
  readonly #records: LxcRecords;
  readonly #life: LxcLife;

  constructor(folders: LxcFolders, records: LxcRecords, life: LxcLife) {
    this.#folders = folders;
    this.#records = records;
    this.#life = life;
  }

  async exec(name: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const what = `running ${command[0]} in ${name}`;
    return execToEnd(await this.#attached(name, command, options), { ...options, what });
  }

  async execInteractive(
    name: string,
    command: readonly string[],
    { user, workingDir, ...options }: InteractiveOptions,
  ): Promise<InteractiveExec> {
    const attached = await this.#attached(name, command, {
      ...options,
      ...(user !== undefined && { user }),
      ...(workingDir !== undefined && { workingDir }),
    });
    return execJoined(attached, `running ${command[0]} in ${name}`, options);
  }

  async execDetached(
    name: string,
    command: readonly string[],
    { user, workingDir, ...options }: InteractiveOptions,
  ): Promise<void> {
    await execAlone(
      await this.#attached(name, command, {
        ...options,
        ...(user !== undefined && { user }),
        ...(workingDir !== undefined && { workingDir }),
      }),
    );
  }

  /** What it prints is what it logs; its input is the pipe that it was given. */
  async attach(name: string, { tty, input }: AttachOptions): Promise<InteractiveExec> {
    if (tty)
      throw new HeddleError('ERR_COMPOSE_UNSUPPORTED', `attaching to ${name}: with LXC there is no terminal`);
    const { signal, abort } = abortable();
    const printed = printedFrom(this.#folders.of(name).log, signal, () => this.#isOver(name));
    return {
      input: input ? this.#inputOf(name) : new PassThrough().resume(),
      output: printed,
      resize: async () => {},
      hangUp: async () => abort(),
      exitCode: () => this.#life.ended(name, new AbortController().signal),
    };
  }

  async logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    this.#records.get(name);
    return logLines(this.#folders.of(name).log, options, () => this.#isOver(name));
  }

  async processes(name: string): Promise<ProcessTable> {
    const { pid } = await infoOf(name, this.#folders);
    if (pid === undefined) throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${name} does not run`);
    return processTable(pid);
  }

  async readArchive(name: string, path: string): Promise<ContainerArchive> {
    const stat = await this.statPath(name, path);
    if (!stat) throw absent(name, path);
    const at = splitPath(path);
    const words = ['tar', '-c', '-C', at.folder, '-f', '-', '--', at.name];
    const tar = spawnIn(await this.#attached(name, words, asRoot), ['ignore', 'pipe', 'pipe']);
    return { stat, archive: wholeOutput(tar, `reading ${path} of ${name}`) };
  }

  async writeArchive(name: string, path: string, archive: Readable): Promise<void> {
    if ((await this.statPath(name, path))?.kind !== 'folder') throw absent(name, path);
    const words = ['tar', '-x', '-C', path, '-f', '-'];
    const tar = spawnIn(await this.#attached(name, words, asRoot), ['pipe', 'ignore', 'pipe']);
    let said = '';
    tar.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
    const ended = new Promise<number | null>((resolve) => {
      tar.on('close', resolve);
      tar.on('error', () => resolve(null));
    });
    // Whoever sends it may go away in the middle.
    archive.once('close', () => !archive.readableEnded && tar.kill());
    tar.stdin.on('error', () => {});
    archive.pipe(tar.stdin);
    if ((await ended) !== 0)
      throw new HeddleError('ERR_ENGINE', `writing to ${path} of ${name}: ${said.trim()}`);
  }

  async statPath(name: string, path: string): Promise<PathStat | undefined> {
    const { stdout, exitCode } = await this.exec(name, ['/bin/sh', '-c', look, 'sh', path], asRoot);
    if (exitCode >= 126)
      throw new HeddleError('ERR_ENGINE', `looking at ${path} of ${name}: its image has no /bin/sh`, {
        hint: 'with LXC, files are copied by `sh` and `tar` of the container; heddle exec, or the folder on the host, may do',
      });
    const [kind, target = ''] = stdout.split('\n');
    if (!kind) return undefined;
    return { name: splitPath(path).name, kind: kind as PathStat['kind'], target };
  }

  async #attached(name: string, command: readonly string[], options: ExecOptions): Promise<Attached> {
    return attachedTo(this.#records.get(name), this.#folders, command, options);
  }

  async #isOver(name: string): Promise<boolean> {
    const record = this.#records.find(name);
    return !record || (await stateOf(record, this.#folders)).state === 'stopped';
  }

  /** The other end may be opened only later: by the program, when it is started. */
  #inputOf(name: string): Writable {
    const held = new PassThrough();
    const { input } = this.#folders.of(name);
    void (async () => {
      for (let looks = 0; looks < 3000; looks++) {
        const end = openEnd(input);
        if (end !== undefined) {
          const pipe = createWriteStream('', { fd: end });
          pipe.on('error', () => {});
          held.pipe(pipe);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    return held;
  }
}

/** What stands at a path, for a shell. */
const look =
  'if [ -L "$1" ]; then echo link; readlink "$1"; elif [ -d "$1" ]; then echo folder; elif [ -f "$1" ]; then echo file; elif [ -e "$1" ]; then echo other; fi';

/** Nothing: nobody reads there yet. */
function openEnd(pipe: string): number | undefined {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.pop() ?? '.';
  return { folder: `/${parts.join('/')}`, name };
}

function absent(name: string, path: string): HeddleError {
  return new HeddleError('ERR_FILE_NOT_FOUND', `${name} has no ${path}`);
}

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** Whoever copies files does so whoever the program runs as. */
const asRoot = { user: '0:0' } as const;

/** What a program prints, which is nothing worth where it fails in the middle. */
function wholeOutput(child: ReturnType<typeof spawnIn>, what: string): Readable {
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const whole = new PassThrough();
  const fail = (why: string) => whole.destroy(new HeddleError('ERR_ENGINE', `${what}: ${why}`));
  child.on('error', ({ message }) => fail(message));
  child.on('close', (code) => (code === 0 ? whole.end() : fail(said.trim())));
  child.stdout.pipe(whole, { end: false });
  // Nobody wants the rest.
  whole.on('close', () => child.exitCode === null && child.kill());
  return whole;
}
