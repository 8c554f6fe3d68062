import { existsSync, mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import { send } from '../../../lib/http/send.ts';
import { readBounded } from '../../../lib/read-bounded.ts';
import type { Driver, DriverContext, DriverKind, Wanted } from '../driver.ts';
import { accountOf, isOf, Program, untilReady } from '../program.ts';
import { ClockWatch } from './clock-watch.ts';
import { configuration } from './config.ts';
import { Master } from './master.ts';

const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so';

export const nginx: DriverKind = { program: 'nginx', create: (context) => new Nginx(context) };

/** nginx: whatever changes, its master reads the configuration anew, and its old workers end with their last connection. */
class Nginx implements Driver {
  readonly #context: DriverContext;
  #master: Master | undefined;
  #generation = '';
  readonly #clock: ClockWatch;

  constructor(context: DriverContext) {
    mkdirSync(context.folder, { recursive: true, mode: 0o700 });
    this.#context = context;
    // It takes a copy that failed for gone until the time of day has passed on: its new workers know of no failure.
    this.#clock = new ClockWatch(() => {
      context.log.warn({}, 'system clock was set back; reloading nginx');
      this.#master?.signal('SIGHUP');
    });
  }

  async isRunning(): Promise<boolean> {
    return this.#running() !== undefined;
  }

  async apply(wanted: Wanted): Promise<void> {
    const { folder } = this.#context;
    const made = configuration(wanted, {
      folder,
      ...accountOf('www-data'),
      ...(existsSync(streamModule) && { streamModule }),
    });
    const master = this.#running();
    if (master && made.generation === this.#generation) return;
    await writeFile(this.#file('nginx.conf'), made.text, { mode: 0o600 });
    if (master) await this.#reload(master, made.generation);
    else await this.#start(made.generation);
    this.#generation = made.generation;
  }

  async stop(): Promise<void> {
    this.#clock.close();
    const master = this.#master;
    this.#master = undefined;
    await master?.stop();
  }

  /** The master, also one that an earlier process of the gateway started: that is watched from now on. */
  #running(): Master | undefined {
    if (this.#master?.isRunning) return this.#master;
    const pid = existsSync(this.#file('nginx.pid'))
      ? Number(readBounded(this.#file('nginx.pid'), { bytes: 64 }).toString())
      : 0;
    if (!isOf(pid, this.#context.folder)) return undefined;
    this.#use(new Master(pid));
    return this.#master;
  }

  async #start(generation: string): Promise<void> {
    await rm(this.#file('status.sock'), { force: true });
    const program = new Program('nginx', ['-c', this.#file('nginx.conf'), '-g', 'daemon off;']);
    await untilReady('nginx', program, async () => (await this.#says()) === generation);
    this.#use(new Master(program.pid, program));
    this.#context.log.info({ pid: program.pid }, 'nginx started');
  }

  async #reload(master: Master, generation: string): Promise<void> {
    await this.#check();
    master.signal('SIGHUP');
    await untilReady('nginx', master, async () => (await this.#says()) === generation);
  }

  /** A master that is told to read what is wrong stays with what it had, and tells only its log. */
  async #check(): Promise<void> {
    const check = new Program('nginx', ['-t', '-q', '-c', this.#file('nginx.conf')]);
    await check.closed;
    if (check.said.includes('[emerg]'))
      throw new HeddleError('ERR_EDGE_PROXY', `nginx refuses its configuration: ${check.end}`);
  }

  #use(master: Master): void {
    this.#master = master;
    void master.closed.then(async () => {
      if (this.#master !== master) return;
      await master.endGroup();
      this.#context.ended(master.end);
    });
  }

  #file(name: string): string {
    return path.join(this.#context.folder, name);
  }

  /** The generation that a new connection meets. */
  async #says(): Promise<string> {
    const answer = await send({
      to: { socketPath: this.#file('status.sock'), path: '/' },
      method: 'GET',
      options: { agent: false },
      timeouts: { whole: 1000 },
    });
    return answer.text(1024);
  }
}
