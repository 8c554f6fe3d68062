import { chownSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { endProcess, pidIn } from '../ip/end-process.ts';

/** Who it is once it has opened what it needs: nobody, but for what routes and low ports take. */
const nobody = { name: 'nobody', group: 'nogroup', uid: 65_534, gid: 65_534 } as const;

/** One bird(8). It is no child of this process, and outlives it: hosts go on telling each other where endpoints are. */
export class Daemon {
  readonly #config: string;
  readonly #socket: string;
  readonly #pidFile: string;
  readonly #folder: string;
  readonly log: string;
  /** What it runs by, as far as this process has seen to it: a file says only what it was meant to. */
  #taken: string | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#config = path.join(folder, 'bird.conf');
    this.#socket = path.join(folder, 'bird.sock');
    this.#pidFile = path.join(folder, 'own', 'bird.pid');
    this.log = path.join(folder, 'own', 'bird.log');
  }

  /**
   * Lets it run by a configuration. One that does already goes on with what did not change.
   * @param hasRoutes whether one before has left some in the kernel: they stay until the others have said again what there is
   * @throws HeddleError ERR_NETWORK
   */
  async run(configuration: string, hasRoutes: () => Promise<boolean>): Promise<void> {
    if (this.#taken === configuration && this.isRunning()) return;
    this.#taken = undefined;
    mkdirSync(this.#folder, { recursive: true, mode: 0o755 });
    // What it writes it writes as who it is by then.
    const own = path.dirname(this.log);
    if (!existsSync(own)) mkdirSync(own, { mode: 0o755 });
    chownSync(own, nobody.uid, nobody.gid);
    // Nobody, who it runs as, reads it again; it has no secret.
    replaceFile(this.#config, configuration, 0o644);
    if (this.isRunning()) await this.#readAgain();
    else await this.#start(await hasRoutes());
    this.#taken = configuration;
  }

  isRunning(): boolean {
    return this.#pid() !== undefined;
  }

  /** @throws HeddleError ERR_NETWORK when it does not */
  async end(): Promise<void> {
    await endProcess('bird', () => this.#pid());
  }

  /** What it says of its sessions. @throws HeddleError ERR_NETWORK when it does not answer */
  ask(...words: readonly string[]): Promise<string> {
    return run('birdc', ['-s', this.#socket, ...words], { code: 'ERR_NETWORK' });
  }

  async #start(recovers: boolean): Promise<void> {
    const files = ['-c', this.#config, '-s', this.#socket, '-P', this.#pidFile];
    const user = ['-u', nobody.name, '-g', nobody.group];
    try {
      await run('bird', [...files, ...user, ...(recovers ? ['-R'] : [])], { code: 'ERR_NETWORK' });
    } catch (cause) {
      const { message } = cause as Error;
      const isMissing = /ENOENT|not found/.test(message);
      throw new HeddleError('ERR_NETWORK', message, {
        cause,
        hint: isMissing ? 'networks that are routed need BIRD 2 (apt-get install bird2)' : undefined,
      });
    }
  }

  async #readAgain(): Promise<void> {
    const said = await this.ask('configure');
    if (/Reconfigured|Reconfiguration (in progress|already)/.test(said)) return;
    throw new HeddleError('ERR_NETWORK', `bird did not take its configuration: ${said.trim()}`);
  }

  #pid(): number | undefined {
    return pidIn(this.#pidFile, this.#config);
  }
}
