import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { WireEnds } from '../../src/networks/path/wire/scene.ts';
import { observeWire } from '../../src/networks/path/wire/wire.ts';
import { makeNamespace } from './endpoints.ts';
import { compiled } from './installed.ts';
import { until } from './until.ts';

/** A function in the path of a namespace on a network: it lets all pass but UDP, and counts what passes. */
export class InPath {
  readonly #processes: ChildProcess[];
  readonly #ends: WireEnds;

  private constructor(pod: string, processes: ChildProcess[]) {
    const [pid = 0, functionPid = 0] = processes.map((process) => process.pid);
    this.#processes = processes;
    this.#ends = { project: `path-${pod}`, pod, pid, function: `${pod}.function`, functionPid };
  }

  /** `pod`: the name of its namespace, too. */
  static async before(pod: string): Promise<InPath> {
    makeNamespace(`${pod}-function`);
    const own = new InPath(pod, [await sleeping(pod), await sleeping(`${pod}-function`)]);
    own.#nft(
      '-f',
      '-',
      'table bridge path {\ncounter passed { }\nchain entering {\ntype filter hook prerouting priority -300; policy accept\n' +
        'ip protocol udp drop\ncounter name passed\n}\n}\n',
    );
    await own.put('insert');
    return own;
  }

  /** Whether all that its pod says and hears passes it. */
  async isWhole(): Promise<boolean> {
    return (await observeWire(this.#ends))?.whole === true;
  }

  /** Packets that have passed. */
  get passed(): number {
    const text = this.#nft('list', 'counter', 'bridge', 'path', 'passed');
    return Number(/packets (\d+)/.exec(text)?.[1]);
  }

  /** Puts it there, or takes it out. `environment`: with which that may be killed; then it fails. */
  async put(verb: 'insert' | 'remove', environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const file = path.join(import.meta.dirname, 'wire-process.ts');
    const args = ['--disable-warning=ExperimentalWarning', file, verb, JSON.stringify(this.#ends)];
    const env = { ...process.env, ...compiled, ...environment };
    await promisify(execFile)(process.execPath, args, { env });
  }

  end(): void {
    for (const process of this.#processes) process.kill('SIGKILL');
  }

  #nft(...args: string[]): string {
    const input = args[0] === '-f' ? args.pop() : '';
    const inside = [`--net=/run/netns/${this.#ends.pod}-function`, '--', 'nft', ...args];
    return execFileSync('nsenter', inside, { input, encoding: 'utf8' });
  }
}

/** A process that lives in a namespace. */
async function sleeping(namespace: string): Promise<ChildProcess> {
  const path = `/run/netns/${namespace}`;
  const child = spawn('nsenter', [`--net=${path}`, 'sleep', 'infinity'], { stdio: 'ignore' });
  const inode = (file: string) => execFileSync('stat', ['-Lc', '%i', file], { encoding: 'utf8' });
  await until('it is there', () => inode(`/proc/${child.pid}/ns/net`) === inode(path));
  return child;
}
