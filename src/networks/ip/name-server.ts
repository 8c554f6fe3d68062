import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { configuration, hostLines, type NameFiles, nameFiles, reservation, serverLines } from './dnsmasq.ts';
import { answerOf } from './name-query.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

/** What the host itself asks. */
const resolver = '/etc/resolv.conf';
/** Milliseconds that it may take to end. */
const patience = 3000;

/** The dnsmasq of one network. It is no child of this process, and outlives it: names go on when the node is killed. */
export class NameServer {
  readonly #files: NameFiles;

  /** @param folder which it can read as nobody */
  constructor(folder: string) {
    this.#files = nameFiles(folder);
  }

  /** Lets it run as the network wants it; one that does already is left alone. */
  async apply(network: IpNetwork, bridge: string): Promise<void> {
    const { folder, config, hosts, reservations, servers } = this.#files;
    for (const one of [folder, hosts, reservations]) mkdirSync(one, { recursive: true, mode: 0o755 });
    const text = configuration(network, bridge, this.#files);
    const pid = this.#pid();
    const hasChanged = this.#write(servers, serverLines(network, textOf(resolver) ?? ''));
    if (pid !== undefined && textOf(config) === text) {
      if (hasChanged) await this.#readAgain(network);
      return;
    }
    if (pid !== undefined) await this.#end(pid);
    replaceFile(config, text, 0o644);
    await run('dnsmasq', [`--conf-file=${config}`], { code: 'ERR_NETWORK' });
  }

  async remove(): Promise<void> {
    const pid = this.#pid();
    if (pid !== undefined) await this.#end(pid);
    rmSync(this.#files.folder, { recursive: true, force: true });
  }

  /** It answers for it from now on. */
  async add(endpoint: IpEndpoint, network: IpNetwork): Promise<void> {
    const { hosts, reservations } = this.#files;
    const written = [
      this.#write(`${hosts}/${endpoint.id}`, hostLines(endpoint)),
      this.#write(`${reservations}/${endpoint.id}`, reservation(endpoint)),
    ];
    if (written.includes(true)) await this.#readAgain(network);
  }

  async delete({ id }: IpEndpoint, network: IpNetwork): Promise<void> {
    const { hosts, reservations } = this.#files;
    for (const folder of [hosts, reservations]) rmSync(`${folder}/${id}`, { force: true });
    await this.#readAgain(network);
  }

  /** Whether it runs, and asks whom this host asks. */
  isCurrent(network: IpNetwork): boolean {
    const { servers } = this.#files;
    return this.#pid() !== undefined && textOf(servers) === serverLines(network, textOf(resolver) ?? '');
  }

  /** One that reads meanwhile reads what was there or what is. @returns whether it is another */
  #write(file: string, text: string): boolean {
    if (textOf(file) === text) return false;
    const beside = `${this.#files.folder}/new`;
    writeFileSync(beside, text, { mode: 0o644 });
    renameSync(beside, file);
    return true;
  }

  /**
   * Names and addresses that it gave stay; what it remembers of other servers it forgets. It may find a question before the signal,
   * and looks at signals before the next one: when it has answered one, it has read.
   */
  async #readAgain({ options }: IpNetwork): Promise<void> {
    const pid = this.#pid();
    if (pid === undefined) return;
    signal(pid, 'SIGHUP');
    const [server] = options.subnets.flatMap(({ gateway }) => gateway ?? []);
    if (options.names && server !== undefined) await answerOf(server);
  }

  /** Of the process, if it runs: a number in a file may be another's by now. */
  #pid(): number | undefined {
    const pid = Number(textOf(this.#files.pid));
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
    const command = textOf(`/proc/${pid}/cmdline`)?.split('\0');
    return command?.includes(`--conf-file=${this.#files.config}`) ? pid : undefined;
  }

  async #end(pid: number): Promise<void> {
    signal(pid, 'SIGTERM');
    for (let waited = 0; waited < patience; waited += 10) {
      if (this.#pid() === undefined) return;
      await pause(10);
    }
    throw new HeddleError('ERR_NETWORK', `dnsmasq (process ${pid}) did not end within ${patience} ms`);
  }
}

function textOf(file: string): string | undefined {
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
