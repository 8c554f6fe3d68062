import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { answerOf } from './name-query.ts';

/** Milliseconds that it may take to end. */
const patience = 3000;

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
    await run('dnsmasq', [`--conf-file=${this.#config}`], { code: 'ERR_NETWORK' });
    return true;
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
    const pid = this.#pid();
    if (pid === undefined) return;
    signal(pid, 'SIGTERM');
    for (let waited = 0; waited < patience; waited += 10) {
      if (this.#pid() === undefined) return;
      await pause(10);
    }
    throw new HeddleError('ERR_NETWORK', `dnsmasq (process ${pid}) did not end within ${patience} ms`);
  }

  /** Of the process, if it runs: a number in a file may be another's by now. */
  #pid(): number | undefined {
    const pid = Number(textOf(this.#pidFile));
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
    const command = textOf(`/proc/${pid}/cmdline`)?.split('\0');
    return command?.includes(`--conf-file=${this.#config}`) ? pid : undefined;
  }
}

export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
