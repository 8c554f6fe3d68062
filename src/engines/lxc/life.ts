import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { endCgroups } from './cgroups.ts';
import { type ConfigContext, configText } from './config.ts';
import { placeEntry } from './entry.ts';
import type { LxcFolders } from './folders.ts';
import { logSize } from './log-size.ts';
import { placeMounts } from './mounts.ts';
import { ask } from './programs.ts';
import type { LxcRecord, LxcRecords } from './record.ts';
import { makePlace, mountRootFs } from './root-fs.ts';
import { endOf, infoOf, stateOf } from './state.ts';

/** Milliseconds between two looks, and until a container that neither runs nor ends is given up. */
const looking = { pause: 10, longest: 30_000 };

/**
 * What conmon(8) starts in the place of an OCI runtime: a shell, with where LXC is to tell what goes wrong, and then
 * `create --bundle FOLDER --pid-file FILE NAME`. LXC's program is left in the background, its process id where conmon looks for it.
 */
const inBackground = (input: string) =>
  `exec 3<&0; lxc-start -q -F -P "\${3%/*}" -n "$6" -o "$0" -l INFO ${input} 3<&- & echo $! >"$5"`;
const launch = {
  plain: inBackground('<&3'),
  /** With input from a pipe that stays open, or that ends with who writes to it. */
  open: inBackground('<>"$3/input"'),
  once: inBackground('<"$3/input"'),
};

/** Starts and ends containers. LXC's program of each runs under conmon, which goes on while nobody watches. */
export class LxcLife {
  readonly #folders: LxcFolders;
  readonly #records: LxcRecords;

  constructor(folders: LxcFolders, records: LxcRecords) {
    this.#folders = folders;
    this.#records = records;
  }

  /** Returns whether it did not run before. @throws HeddleError ERR_ENGINE, with what LXC says */
  async start(name: string): Promise<boolean> {
    const record = this.#records.get(name);
    const files = this.#folders.of(name);
    const { state } = await stateOf(record, this.#folders);
    if (state === 'running' || state === 'paused') return false;
    await endCgroups(record.id);
    const rootFs = await mountRootFs(record.id);
    makePlace(rootFs, record.process.workingDir, 'folder');
    using mounts = placeMounts(rootFs, record.made.kind === 'container' ? record.made.home.mounts : []);
    const context = await this.#contextOf(record, rootFs, mounts.all);
    for (const file of [files.exit, files.pid, files.monitor, files.health, files.lxcLog, files.input])
      rmSync(file, { force: true });
    replaceFile(files.config, configText(record, context), 0o600);
    placeEntry(context.rootFs, record.process.words);
    const input = inputOf(record);
    if (input !== 'plain') await ask('mkfifo', ['-m', '600', files.input]);
    await this.#underConmon(record, input);
    await this.#isUp(record);
    return true;
  }

  /** Asks it to end, and ends it after `grace` milliseconds. */
  async stop(name: string, grace: number): Promise<void> {
    const record = this.#records.find(name);
    if (!record) return;
    const { state } = await stateOf(record, this.#folders);
    if (state !== 'running' && state !== 'paused') return;
    if (state === 'paused') await this.#lxc('lxc-unfreeze', name);
    await this.kill(name, record.process.stopSignal).catch(() => {});
    if (await this.#endsWithin(record, grace)) await endCgroups(record.id);
    else await this.end(record);
  }

  /** Ends it at once. */
  async end(record: LxcRecord): Promise<void> {
    const { name } = record;
    if ((await infoOf(name, this.#folders)).word === 'FROZEN') await this.#lxc('lxc-unfreeze', name);
    // Its program first, so that what it ended by is known; then all that is left of it.
    await this.kill(name, 'SIGKILL').catch(() => {});
    if (!(await this.#endsWithin(record, 1000))) await this.#lxc('lxc-stop', name, '-k').catch(() => {});
    if (!(await this.#endsWithin(record, 1000))) this.#endLauncher(name);
    await endCgroups(record.id);
    if (await this.#endsWithin(record, looking.longest)) return;
    throw new HeddleError('ERR_ENGINE', `${name} does not end: ${lastLine(this.#folders.of(name).lxcLog)}`);
  }

  /** @throws HeddleError ERR_ENGINE where it does not run */
  async kill(name: string, signal: string): Promise<void> {
    const { pid } = await infoOf(this.#records.get(name).name, this.#folders);
    if (pid === undefined) throw new HeddleError('ERR_ENGINE', `${name} does not run`);
    await ask('kill', ['-s', signal.replace(/^SIG/, ''), '--', String(pid)]);
  }

  pause(name: string): Promise<string> {
    return this.#lxc('lxc-freeze', name);
  }

  unpause(name: string): Promise<string> {
    return this.#lxc('lxc-unfreeze', name);
  }

  /** Waits for the end of one that runs; at once for one that has ended. */
  async ended(name: string, signal: AbortSignal): Promise<number> {
    for (let looks = 0; ; ) {
      signal.throwIfAborted();
      const seen = endOf(this.#folders.of(name));
      if (seen) return seen.exitCode;
      // Without who watches it nobody says so.
      if (looks++ % 20 === 0) {
        const { state, exitCode } = await stateOf(this.#records.get(name), this.#folders);
        if (state === 'stopped') return exitCode ?? 255;
      }
      await sleep(50, undefined, { signal });
    }
  }

  /** One that still waits for who gives it its input has not become LXC’s program: nothing of LXC’s ends it. */
  #endLauncher(name: string): void {
    const { pid, lxcLog } = this.#folders.of(name);
    const launcher = Number(existsSync(pid) ? readFileSync(pid, 'utf8') : 0);
    if (!(launcher > 1)) return;
    try {
      if (readFileSync(`/proc/${launcher}/cmdline`, 'utf8').includes(lxcLog))
        process.kill(launcher, 'SIGKILL');
    } catch {}
  }

  #lxc(program: string, name: string, ...more: readonly string[]): Promise<string> {
    return ask(program, ['-P', this.#folders.containers, '-n', name, ...more]);
  }

  async #underConmon({ name, id, made }: LxcRecord, input: keyof typeof launch): Promise<void> {
    const { folder, pid, monitor, log, lxcLog } = this.#folders.of(name);
    mkdirSync(this.#folders.exits, { recursive: true, mode: 0o700 });
    const runtime = ['-c', launch[input], lxcLog];
    const isOwn = made.kind === 'container' && made.container.role === 'application';
    const mostLogged = isOwn ? logSize(made.container) : 10 * 2 ** 20;
    await ask('conmon', [
      ...['--api-version', '1', '-c', name, '-u', id, '-n', name, '-r', '/bin/sh'],
      ...runtime.map((word) => `--runtime-arg=${word}`),
      ...['-b', folder, '-p', pid, '--conmon-pidfile', monitor, '--exit-dir', this.#folders.exits],
      ...['-l', `k8s-file:${log}`, '--socket-dir-path', folder, '--log-level', 'error'],
      // What agents print is bounded; the application's log is its owner's business.
      ...(mostLogged === undefined ? [] : ['--log-size-max', String(mostLogged)]),
    ]);
  }

  /** One that is over before it is seen to run has run, unless LXC says what kept it from that. */
  async #isUp(record: LxcRecord): Promise<void> {
    const files = this.#folders.of(record.name);
    for (const until = performance.now() + looking.longest; performance.now() < until; ) {
      const { word, pid } = await infoOf(record.name, this.#folders);
      if (word === 'RUNNING' && pid !== undefined) return;
      if (endOf(files)) {
        const said = lastLine(files.lxcLog);
        if (said === '') return;
        rmSync(files.pid, { force: true });
        throw new HeddleError('ERR_ENGINE', `starting ${record.name}: ${said}`);
      }
      await sleep(looking.pause);
    }
    throw new HeddleError('ERR_ENGINE', `${record.name} does not start: ${lastLine(files.lxcLog)}`);
  }

  async #endsWithin({ name }: LxcRecord, milliseconds: number): Promise<boolean> {
    const files = this.#folders.of(name);
    const until = performance.now() + milliseconds;
    for (;;) {
      if (endOf(files)) return true;
      if ((await stateOf(this.#records.get(name), this.#folders)).state !== 'running') return true;
      if (performance.now() >= until) return false;
      await sleep(looking.pause);
    }
  }

  async #contextOf(
    { name, made }: LxcRecord,
    rootFs: string,
    mounts: ConfigContext['mounts'],
  ): Promise<ConfigContext> {
    if (made.kind === 'container' && made.home.network === 'host') takeNames(rootFs);
    const home = made.kind === 'container' ? made.home : undefined;
    const container = made.kind === 'container' ? made.container : undefined;
    return {
      rootFs,
      network: await this.#networkOf(home?.network),
      processes:
        container?.pid === 'host' ? 1 : home?.pid === undefined ? undefined : await this.#pidOf(home.pid),
      hostname: this.#hostnameOf(name, made),
      hasAppArmor: existsSync('/sys/kernel/security/apparmor'),
      cgroups: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1,
      mounts,
      devices: new Map((container?.devices ?? []).map(({ host }) => [host, deviceAt(host)])),
    };
  }

  async #networkOf(network: 'host' | 'none' | { readonly container: string } | undefined) {
    if (network === undefined || network === 'none') return 'own';
    return network === 'host' ? 'host' : this.#pidOf(network.container);
  }

  #hostnameOf(name: string, made: LxcRecord['made']): string {
    if (made.kind === 'sandbox') return made.sandbox.hostname ?? name;
    const { hostname, network } = made.home;
    if (hostname !== undefined || typeof network === 'string') return hostname ?? name;
    const other = this.#records.find(network.container);
    return other ? this.#hostnameOf(other.name, other.made) : name;
  }

  /** @throws HeddleError ERR_SERVICE_NOT_RUNNING */
  async #pidOf(name: string): Promise<number> {
    const { pid } = await infoOf(name, this.#folders);
    if (pid === undefined) throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${name} does not run`);
    return pid;
  }
}

/** Where its network is the host's, so is what it finds names by; resolv.conf(5), hosts(5). */
function takeNames(rootFs: string): void {
  for (const file of ['/etc/resolv.conf', '/etc/hosts'])
    if (existsSync(file))
      replaceFile(path.join(rootFs, makePlace(rootFs, file, 'file')), readFileSync(file), 0o644);
}

function inputOf({ made }: LxcRecord): keyof typeof launch {
  if (made.kind === 'sandbox' || !made.container.stdinOpen) return 'plain';
  return made.container.stdinOnce ? 'once' : 'open';
}

/** @throws HeddleError ERR_ENGINE for what is no device */
function deviceAt(host: string): { readonly kind: 'c' | 'b'; readonly number: string } {
  const found = statSync(host, { throwIfNoEntry: false });
  if (!found?.isCharacterDevice() && !found?.isBlockDevice())
    throw new HeddleError('ERR_ENGINE', `${host} is no device of this host`);
  const major = (found.rdev >> 8) & 0xfff;
  const minor = (found.rdev & 0xff) | ((found.rdev >> 12) & 0xfff00);
  return { kind: found.isCharacterDevice() ? 'c' : 'b', number: `${major}:${minor}` };
}

/** What LXC said last of what went wrong, without its own places in its code. */
function lastLine(file: string): string {
  if (!existsSync(file)) return '';
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => / ERROR /.test(line));
  // The first says why, those after it what became of that.
  return (lines[0] ?? '').replace(/^.* ERROR +\S+ - \S+ - /, '');
}
