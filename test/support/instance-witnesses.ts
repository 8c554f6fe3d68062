import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { FlowWitness } from './flow-witness.ts';
import { until } from './until.ts';

/** Milliseconds between two looks for an instance that came. */
const pause = 10;
const own = statSync('/proc/self/ns/net').ino;

/** Witnesses at the instances of a function: at those that are there, and at each that comes, before it is led to. Of Podman's. */
export class InstanceWitnesses implements Disposable {
  readonly #sandbox: RegExp;
  /** By the inode of the instance's network namespace. */
  readonly #at = new Map<number, FlowWitness>();
  readonly #first: ReadonlySet<number>;
  #isEnded = false;

  private constructor(sandbox: RegExp, first: readonly (readonly [number, FlowWitness])[]) {
    this.#sandbox = sandbox;
    this.#at = new Map(first);
    this.#first = new Set(this.#at.keys());
  }

  /** `fn`: the pod of its first instance, after which versions of it are called. */
  static async of(fn: string): Promise<InstanceWitnesses> {
    const sandbox = new RegExp(`^${fn}(\\.\\d+)?\\.sandbox$`);
    const first = [...namespacesOf(sandbox)];
    if (first.length === 0) throw new Error(`no instance of ${fn} runs`);
    const witnesses = await Promise.all(
      first.map(async ([inode, pid]) => [inode, await FlowWitness.at(pid)] as const),
    );
    const all = new InstanceWitnesses(sandbox, witnesses);
    void all.#watch();
    return all;
  }

  /** Waits until one that came has connections. */
  async untilTaken(): Promise<void> {
    await until('another instance takes connections', () =>
      this.#later().some(({ seen }) => seen.there.size > 0),
    );
  }

  /** What these connections, by the ports of their clients, passed. */
  judge(ports: readonly number[]): { moved: number; around: number; taken: number } {
    const later = this.#later().map(({ seen }) => seen.there);
    const all = [...this.#at.values()].map(({ seen }) => seen);
    const at = (port: number) => all.filter(({ there, back }) => there.has(port) || back.has(port));
    const isWhole = (port: number) =>
      all.some(({ there }) => there.has(port)) && all.some(({ back }) => back.has(port));
    return {
      moved: ports.filter((port) => at(port).length > 1).length,
      around: ports.filter((port) => !isWhole(port)).length,
      taken: ports.filter((port) => later.some((there) => there.has(port))).length,
    };
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    for (const witness of this.#at.values()) witness.end();
  }

  async #watch(): Promise<void> {
    while (!this.#isEnded) {
      for (const [inode, pid] of namespacesOf(this.#sandbox)) {
        if (this.#at.has(inode)) continue;
        // A process that begins in it may not be the one that stays.
        const witness = await FlowWitness.at(pid).catch(() => undefined);
        if (witness) this.#at.set(inode, witness);
      }
      await wait(pause);
    }
  }

  #later(): FlowWitness[] {
    return [...this.#at].flatMap(([inode, witness]) => (this.#first.has(inode) ? [] : [witness]));
  }
}

/** Network namespaces of containers by their names, each with a process in it: children of conmon(8), which is told the name. */
function namespacesOf(sandbox: RegExp): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (!words[0]?.endsWith('conmon') || !sandbox.test(words[words.indexOf('-n') + 1] ?? '')) continue;
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
      for (const child of children) {
        const inode = statSync(`/proc/${child}/ns/net`).ino;
        if (inode !== own) found.set(inode, Number(child));
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
