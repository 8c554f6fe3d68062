import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../../lib/errors.ts';
import { isInstalled } from '../../../lib/exec.ts';
import * as z from '../../../lib/zod.ts';
import { endProcess, textOf } from '../end-process.ts';
import { ask } from './control.ts';
import { type KeaFiles, seen } from './kea.ts';

const program = 'kea-dhcp4';
/** Milliseconds that it may take to start. */
const patience = 15_000;
/** Debian's nobody and nogroup: their names are in a file that it does not see. */
const nobody = 65_534;
/** Of what `status-get` answers (Kea ARM, “status-get”). */
const status = z.object({
  sockets: z.object({ status: z.string(), errors: z.array(z.string()).default([]) }),
});
const capabilities = '-all,+net_bind_service,+net_raw';

/**
 * For sh(1), which is given the folder and then the program with its arguments: the folder's parts stand in for the host's, the last of
 * them for the one that the folder itself is in.
 */
const mountAndRun = `
folder=$1
shift
for part in etc var/log run; do mount --bind "$folder/$part" "/$part"; done
exec "$@"`;

/**
 * One kea-dhcp4, as nobody, in a network and a mount namespace of its own, which go with it. In there it binds port 67 whoever else has
 * it on this host, reaches nothing but its network, and finds its files where Debian's AppArmor profile allows them. It is no
 * child that ends with this process: addresses are given when the node is killed.
 */
export class KeaProcess {
  readonly #files: KeaFiles;

  constructor(files: KeaFiles) {
    this.#files = files;
  }

  /** Its id, if it runs: a number in a file may be another's by now. */
  pid(): number | undefined {
    const pid = Number(textOf(this.#files.pid));
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
    const folder = path.dirname(seen.config);
    const own = inodeOf(`${this.#files.folder}${folder}`);
    return own !== undefined && inodeOf(`/proc/${pid}/root${folder}`) === own ? pid : undefined;
  }

  /**
   * Starts one by the configuration that stands in its file; none must run.
   * @returns its id
   * @throws HeddleError ERR_DHCP
   */
  async start(): Promise<number> {
    await checkInstalled();
    const { folder, said } = this.#files;
    for (const own of ['run/kea', 'run/lock/kea', 'var/log/kea']) {
      mkdirSync(`${folder}/${own}`, { recursive: true, mode: 0o755 });
      chownSync(`${folder}/${own}`, nobody, nobody);
    }
    // It takes any process of that number for itself, and does not start.
    for (const left of [seen.pid, seen.socket]) rmSync(`${folder}${left}`, { force: true });
    const output = openSync(said, 'w', 0o600);
    const apart = ['--net', '--mount', '--propagation', 'private', '--'];
    const child = spawn('unshare', [...apart, 'sh', '-ec', mountAndRun, 'sh', folder, ...command], {
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, KEA_LOCKFILE_DIR: seen.locks },
    });
    closeSync(output);
    child.unref();
    const failed = once(child, 'error').then(([error]) => String(error));
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    for (let waited = 0; waited < patience && !hasEnded(); waited += 20) {
      const pid = this.pid();
      if (pid !== undefined && (await isAnswering(pid))) return pid;
      const error = await Promise.race([failed, pause(20)]);
      if (error !== undefined) throw this.#failed(error);
    }
    const isOver = hasEnded();
    child.kill('SIGKILL');
    // One that a killed node has started was quicker.
    const other = this.pid();
    if (other !== undefined && (await isAnswering(other))) return other;
    throw this.#failed(
      isOver
        ? `it ended by ${child.signalCode ?? `exit code ${child.exitCode}`}`
        : `it does not answer within ${patience} ms`,
    );
  }

  /** It answers by its configuration from now on. @throws HeddleError ERR_DHCP when it does not take it, and goes on as before */
  async reload(): Promise<void> {
    const pid = this.pid();
    if (pid === undefined) throw new HeddleError('ERR_DHCP', `${program} has ended`);
    await ask(socketOf(pid), 'config-reload');
  }

  /**
   * Has it look again until it hears its network: it takes a configuration for well when it listens nowhere, which is so as long as the
   * kernel has not said that an interface is running.
   * @throws HeddleError ERR_DHCP when it does not
   */
  async listens(): Promise<void> {
    const until = performance.now() + patience;
    for (;;) {
      const pid = this.pid();
      if (pid === undefined) throw new HeddleError('ERR_DHCP', `${program} has ended`);
      const { data } = status.safeParse(await ask(socketOf(pid), 'status-get'));
      if (data?.sockets.status === 'ready') return;
      if (performance.now() > until) {
        const why = data?.sockets.errors.join(', ') ?? 'it does not say why';
        throw new HeddleError('ERR_DHCP', `${program} does not listen: ${why}`);
      }
      await pause(20);
      await this.reload();
    }
  }

  /** @throws HeddleError ERR_NETWORK when it does not */
  async end(): Promise<void> {
    await endProcess(program, () => this.pid());
  }

  #failed(why: string): HeddleError {
    const last = textOf(this.#files.said)?.trim().split('\n').at(-1);
    return new HeddleError('ERR_DHCP', `${program} does not start: ${why}${last ? `: ${last}` : ''}`, {
      hint: `what it said is in ${this.#files.folder}${seen.log}`,
    });
  }
}

/** @throws HeddleError ERR_DHCP */
export async function checkInstalled(): Promise<void> {
  if (await isInstalled(program)) return;
  throw new HeddleError('ERR_DHCP', `${program} is not installed on this host`);
}

const command = [
  'setpriv',
  `--reuid=${nobody}`,
  `--regid=${nobody}`,
  '--clear-groups',
  `--bounding-set=${capabilities}`,
  `--inh-caps=${capabilities}`,
  `--ambient-caps=${capabilities}`,
  program,
  '-c',
  seen.config,
];

/** A path that is long from outside, and short by way of the process: a socket's has at most 107 bytes (unix(7)). */
function socketOf(pid: number): string {
  return `/proc/${pid}/root${seen.socket}`;
}

async function isAnswering(pid: number): Promise<boolean> {
  return ask(socketOf(pid), 'version-get').then(
    () => true,
    () => false,
  );
}

function inodeOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
