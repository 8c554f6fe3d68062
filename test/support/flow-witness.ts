import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { until } from './until.ts';

const directions = ['there', 'back'] as const;
type Direction = (typeof directions)[number];
/** Of the server's, which all clients come to. */
export const serverPort = 8080;

/** Milliseconds in which a process enters a namespace. */
const soon = 1000;

/** What nft(8) notes: the client's port of each TCP packet that comes in, either way. */
const noting = [
  'add table bridge witness; delete table bridge witness; add table bridge witness',
  ...directions.map(
    (set) => `add set bridge witness ${set} { type inet_service; size 65535; flags dynamic; }`,
  ),
  'add chain bridge witness entering { type filter hook prerouting priority -300; }',
  `add rule bridge witness entering tcp dport ${serverPort} update @there { tcp sport }`,
  `add rule bridge witness entering tcp sport ${serverPort} update @back { tcp dport }`,
].join('; ');

/** Notes which connections pass a function that bridges, in its network namespace, and holds that until it is ended. */
export class FlowWitness {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /** `pid`: a process in the namespace. */
  static async at(pid: number): Promise<FlowWitness> {
    const file = `/proc/${pid}/ns/net`;
    const holder = spawn('nsenter', [`--net=${file}`, 'sleep', 'infinity'], { stdio: 'ignore' });
    const witness = new FlowWitness(holder);
    const inode = (of: string) => statSync(of).ino;
    try {
      await until('it is there', () => inode(`/proc/${holder.pid}/ns/net`) === inode(file), soon, 1);
      witness.#nft(noting);
    } catch (error) {
      witness.end();
      throw error;
    }
    return witness;
  }

  /** Ports of clients whose packets came in, on their way there, and on their way back. */
  get seen(): Readonly<Record<Direction, ReadonlySet<number>>> {
    return { there: this.#ports('there'), back: this.#ports('back') };
  }

  end(): void {
    this.#holder.kill('SIGKILL');
  }

  #ports(set: Direction): ReadonlySet<number> {
    const { nftables } = JSON.parse(this.#nft('-j', 'list', 'set', 'bridge', 'witness', set)) as {
      nftables: { set?: { elem?: number[] } }[];
    };
    return new Set(nftables.flatMap((one) => one.set?.elem ?? []));
  }

  #nft(...args: readonly string[]): string {
    const inside = ['-t', String(this.#holder.pid), '-n', 'nft', ...args];
    return execFileSync('nsenter', inside, { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
  }
}
