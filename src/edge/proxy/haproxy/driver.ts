import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Driver, DriverContext, DriverKind, Wanted } from '../driver.ts';
import { accountOf, isOf, Program, untilReady } from '../program.ts';
import type { Backend } from '../routes.ts';
import { type Configuration, configuration } from './config.ts';
import { Runtime } from './runtime.ts';
import { serverSteps } from './servers.ts';

/** Milliseconds between two looks at servers that drain. */
const sweepInterval = 500;

export const haproxy: DriverKind = {
  program: 'haproxy',
  create: (context) => new Haproxy(context),
  figures: (folder) => runtimeIn(folder).figures(),
};

/**
 * HAProxy, a process at a time. Servers come and go at run time; for anything else a successor is started, which is handed
 * the open ports and tells its predecessor to end when its last connection does.
 */
class Haproxy implements Driver {
  readonly #context: DriverContext;
  readonly #runtime: Runtime;
  #program: Program | undefined;
  #generation = '';
  #sweeper: NodeJS.Timeout | undefined;
  /** One thing at a time: what came before. */
  #busy: Promise<unknown> = Promise.resolve();
  readonly #predecessors = new Set<Program>();
  /** It ends when its successor has the ports, and is to. */
  #leaving: Program | undefined;

  constructor(context: DriverContext) {
    mkdirSync(context.folder, { recursive: true, mode: 0o700 });
    this.#context = context;
    this.#runtime = runtimeIn(context.folder);
  }

  async isRunning(): Promise<boolean> {
    return (await this.#running()) !== undefined;
  }

  apply(wanted: Wanted): Promise<void> {
    return this.#inTurn(() => this.#apply(wanted));
  }

  adjust(backends: readonly Backend[]): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#program?.isRunning) return false;
      return this.#adjust(
        backends,
        backends.map(({ name }) => name),
      );
    });
  }

  stop(): Promise<void> {
    clearTimeout(this.#sweeper);
    return this.#inTurn(async () => {
      const programs = [...this.#predecessors, ...(this.#program ? [this.#program] : [])];
      this.#program = undefined;
      for (const program of programs) program.signal('SIGTERM');
      await Promise.all(programs.map(({ closed }) => closed));
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#busy.then(work);
    this.#busy = turn.catch(() => {});
    return turn;
  }

  async #apply(wanted: Wanted): Promise<void> {
    const made = configuration(wanted, { folder: this.#context.folder, ...accountOf('haproxy') });
    const isSame = this.#program?.isRunning && made.generation === this.#generation;
    if (isSame && (await this.#adjust(wanted.routes.backends))) return;
    await this.#write(made);
    await this.#succeed(made.generation);
  }

  /**
   * @param names of those whose servers are asked for; not given: of all
   * @returns whether it could be done without a successor
   */
  async #adjust(backends: readonly Backend[], names?: readonly string[]): Promise<boolean> {
    try {
      const steps = serverSteps(backends, await this.#runtime.servers(names));
      await this.#runtime.apply(steps);
      if (steps.drain.length > 0) this.#sweepLater();
      return true;
    } catch (error) {
      this.#context.log.warn(
        { problem: (error as Error).message },
        'HAProxy cannot be changed at run time; starting a new process',
      );
      return false;
    }
  }

  async #write({ files }: Configuration): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(this.#context.folder, name), text, { mode: 0o600 });
    }
  }

  async #succeed(generation: string): Promise<void> {
    const { folder, log, ended } = this.#context;
    const before = await this.#running();
    const state = before ? await this.#runtime.state() : '';
    await writeFile(path.join(folder, 'servers.state'), state, { mode: 0o600 });
    const handOver = before ? ['-x', path.join(folder, 'api.sock'), '-sf', String(before.pid)] : [];
    const predecessor = this.#program;
    this.#leaving = predecessor;
    const program = new Program('haproxy', ['-db', '-f', path.join(folder, 'haproxy.cfg'), ...handOver]);
    try {
      await untilReady('HAProxy', program, async () => (await this.#runtime.process())?.pid === program.pid);
    } finally {
      this.#leaving = undefined;
    }
    if (predecessor?.isRunning) {
      this.#predecessors.add(predecessor);
      void predecessor.closed.then(() => this.#predecessors.delete(predecessor));
    }
    this.#program = program;
    this.#generation = generation;
    void program.closed.then(() => {
      if (this.#program === program && this.#leaving !== program) ended(program.end);
    });
    log.info({ pid: program.pid, after: before?.pid }, 'HAProxy started');
  }

  /** What answers on the socket, if it was started for this folder. */
  async #running(): Promise<{ readonly pid: number } | undefined> {
    const found = await this.#runtime.process();
    return found && isOf(found.pid, this.#context.folder) ? found : undefined;
  }

  #sweepLater(): void {
    clearTimeout(this.#sweeper);
    this.#sweeper = setTimeout(() => {
      this.#inTurn(async () => {
        if (this.#program?.isRunning && (await this.#runtime.sweep()) > 0) this.#sweepLater();
      }).catch(() => this.#sweepLater());
    }, sweepInterval);
  }
}

function runtimeIn(folder: string): Runtime {
  return new Runtime(path.join(folder, 'api.sock'));
}
