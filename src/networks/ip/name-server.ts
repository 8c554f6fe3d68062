import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { configuration, hostLines, type NameFiles, nameFiles, reservation } from './dnsmasq.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

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
    const { folder, config, hosts, reservations } = this.#files;
    for (const one of [folder, hosts, reservations]) mkdirSync(one, { recursive: true, mode: 0o755 });
    const text = configuration(network, bridge, this.#files);
    const pid = this.#pid();
    if (pid !== undefined && textOf(config) === text) return;
    if (pid !== undefined) await this.#end(pid);
    replaceFile(config, text, 0o644);
    await run('dnsmasq', [`--conf-file=${config}`], { code: 'ERR_NETWORK' }).catch((error) => {
      throw hinted(error);
    });
  }

  async remove(): Promise<void> {
    const pid = this.#pid();
    if (pid !== undefined) await this.#end(pid);
    rmSync(this.#files.folder, { recursive: true, force: true });
  }

  add(endpoint: IpEndpoint): void {
    const { hosts, reservations } = this.#files;
    this.#write(`${hosts}/${endpoint.id}`, hostLines(endpoint));
    this.#write(`${reservations}/${endpoint.id}`, reservation(endpoint));
  }

  delete({ id }: IpEndpoint): void {
    const { hosts, reservations } = this.#files;
    for (const folder of [hosts, reservations]) rmSync(`${folder}/${id}`, { force: true });
    // It notices files that come, and forgets those that went when it reads all again.
    const pid = this.#pid();
    if (pid !== undefined) signal(pid, 'SIGHUP');
  }

  isRunning(): boolean {
    return this.#pid() !== undefined;
  }

  /** It reads each file that comes into its folders: one that is half written is not there yet. */
  #write(file: string, text: string): void {
    if (textOf(file) === text) return;
    const beside = `${this.#files.folder}/new`;
    writeFileSync(beside, text, { mode: 0o644 });
    renameSync(beside, file);
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

/** Each waits for files that come by an instance of inotify(7), of which one user has 128 unless somebody said otherwise. */
function hinted(error: HeddleError): HeddleError {
  if (!error.message.includes('inotify')) return error;
  return new HeddleError(error.code, error.message, {
    cause: error,
    hint: 'let this host have more networks with names: sysctl fs.inotify.max_user_instances=1024',
  });
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
