import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { observePaths } from '../../src/networks/path/observe.ts';
import type { PathEnds } from '../../src/networks/path/patch/scene.ts';
import { makeNamespace } from './endpoints.ts';
import { compiled } from './installed.ts';
import { until } from './until.ts';

/** A function in the path of a namespace on a network: it lets all pass but UDP, and counts what passes. */
export class InPath {
  readonly #pod: string;
  readonly #process: ChildProcess;
  /** How often it was started, which is in the name of its namespace. */
  #starts = 0;
  #functionProcess: ChildProcess | undefined;

  private constructor(pod: string, process: ChildProcess) {
    this.#pod = pod;
    this.#process = process;
  }

  /** `pod`: the name of its namespace, too. */
  static async before(pod: string): Promise<InPath> {
    const own = new InPath(pod, await sleeping(pod));
    await own.start();
    await own.put('insert');
    return own;
  }

  /** Starts it in a namespace of its own; one that was there before has ended then, and its wire is still where it was. */
  async start(): Promise<void> {
    this.#functionProcess?.kill('SIGKILL');
    this.#starts++;
    makeNamespace(this.#namespace);
    this.#functionProcess = await sleeping(this.#namespace);
    this.#nft(
      '-f',
      '-',
      'table bridge path {\ncounter passed { }\nchain entering {\ntype filter hook prerouting priority -300; policy accept\n' +
        'ip protocol udp drop\ncounter name passed\n}\n}\n',
    );
  }

  /** Whether all that its pod says and hears passes it. */
  async isWhole(): Promise<boolean> {
    const { project, ...ends } = this.#ends;
    return (await observePaths(project, [ends]))[0]?.whole === true;
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
    for (const process of [this.#process, this.#functionProcess]) process?.kill('SIGKILL');
  }

  get #namespace(): string {
    return `${this.#pod}-function${this.#starts}`;
  }

  get #ends(): PathEnds {
    const [pid = 0, functionPid = 0] = [this.#process.pid, this.#functionProcess?.pid ?? 0];
    return {
      project: `path-${this.#pod}`,
      pod: this.#pod,
      pid,
      functions: [{ name: `${this.#pod}.function`, pid: functionPid }],
    };
  }

  #nft(...args: string[]): string {
    const input = args[0] === '-f' ? args.pop() : '';
    const inside = [`--net=/run/netns/${this.#namespace}`, '--', 'nft', ...args];
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
