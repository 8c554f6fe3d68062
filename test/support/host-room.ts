import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { imageStore, roomCommand } from '../../scripts/lib/room.mjs';

/** The same for all rooms, and podman takes its time to say it. */
let images: ReturnType<typeof imageStore>;

/**
 * A host on this machine, as a room: a network, processes, mounts and a Podman of its own, to which the machine's images are
 * there to be read. All that runs in it ends with it.
 */
export class HostRoom {
  /** Seen alike inside and outside. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'heddle-host-'));
  /** Of its network, as `ip netns` of this machine has it. */
  readonly namespace: string;
  #holder: ChildProcess | undefined;
  #first = 0;

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  async start(): Promise<void> {
    images ??= imageStore();
    if (!images) throw new Error('podman does not say where its images are');
    // One process is the room's first, and waits for those that nobody waits for: this is its only child.
    const holding = ['sh', '-c', 'echo ready && exec sleep infinity'];
    const [program, args] = roomCommand(images, this.folder, holding);
    const holder = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#holder = holder;
    let said = '';
    holder.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const ended = once(holder, 'close').then(() =>
      Promise.reject(new Error(`no room could be made: ${said}`)),
    );
    ended.catch(() => {});
    await Promise.race([once(holder.stdout, 'data'), ended]);
    this.#first = this.childOf(holder.pid);
    execFileSync('ip', ['netns', 'attach', this.namespace, `${this.#first}`]);
  }

  /** What a process that runs in it has to have in its environment. */
  get env(): Readonly<Record<string, string>> {
    return { CONTAINERS_STORAGE_CONF: path.join(this.folder, 'storage.conf') };
  }

  /** A command as it is run on this host: it is told to end when what runs it has ended. */
  inside(program: string, ...args: readonly string[]): [program: string, args: string[]] {
    const entered = [`--target=${this.#first}`, '--mount', '--net', '--pid', '--'];
    return ['nsenter', [...entered, 'setpriv', '--pdeathsig', 'TERM', '--', program, ...args]];
  }

  /** Runs a program on this host, which has to succeed, and returns what it printed. */
  run(program: string, ...args: readonly string[]): string {
    return execFileSync(...this.inside(program, ...args), {
      env: { ...process.env, ...this.env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** The only child of a process, as this machine counts them: what runs by {@link inside} is one of what runs it. */
  childOf(pid: number | undefined): number {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    if (!child) throw new Error(`process ${pid} has no child`);
    return Number(child);
  }

  /** Ends everything that runs in it, as a power cut does, and leaves nothing. */
  async remove(): Promise<void> {
    const holder = this.#holder;
    if (holder && holder.exitCode === null && holder.signalCode === null) {
      const ended = once(holder, 'exit');
      // The kernel ends all others of a room before its first (pid_namespaces(7)).
      if (this.#first > 0) process.kill(this.#first, 'SIGKILL');
      else holder.kill('SIGKILL');
      await ended;
    }
    if (this.#first > 0) execFileSync('ip', ['netns', 'del', this.namespace]);
    this.#first = 0;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
