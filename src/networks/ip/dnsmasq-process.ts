import { run } from '../../lib/exec.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { endProcess, pidIn, signal, textOf } from './end-process.ts';
import { answerOf } from './name-query.ts';

/** One dnsmasq. It is no child of this process, and outlives it: names go on when the node is killed. */
export class DnsmasqProcess {
  readonly #config: string;
  readonly #pidFile: string;

  constructor({ config, pid }: { readonly config: string; readonly pid: string }) {
    this.#config = config;
    this.#pidFile = pid;
  }

  /** Lets it run by a configuration; one that does already is left alone. @returns whether it was started */
  async run(configuration: string): Promise<boolean> {
    if (this.isRunning() && textOf(this.#config) === configuration) return false;
    await this.end();
    replaceFile(this.#config, configuration, 0o644);
    await this.#start();
    return true;
  }

  /** Has it forget what it has in mind, and read all anew. `between`: what is done while it does not run. */
  async runAgain(between: () => void): Promise<void> {
    await this.end();
    between();
    await this.#start();
  }

  isRunning(): boolean {
    return this.#pid() !== undefined;
  }

  /**
   * Names and addresses that it gave stay; what it remembers of other servers it forgets. It may find a question before the signal,
   * and looks at signals before the next one: when it has answered one, it has read.
   * @param address where it is asked; without it, it reads in its own time
   */
  async readAgain(address: string | undefined): Promise<void> {
    const pid = this.#pid();
    if (pid === undefined) return;
    signal(pid, 'SIGHUP');
    if (address !== undefined) await answerOf(address);
  }

  /** @throws HeddleError ERR_NETWORK when it does not */
  async end(): Promise<void> {
    await endProcess('dnsmasq', () => this.#pid());
  }

  async #start(): Promise<void> {
    await run('dnsmasq', [`--conf-file=${this.#config}`], { code: 'ERR_NETWORK' });
  }

  #pid(): number | undefined {
    return pidIn(this.#pidFile, `--conf-file=${this.#config}`);
  }
}
