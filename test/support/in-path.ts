import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ObservedPath, observePaths } from '../../src/networks/path/observe.ts';
import type { PathEnds } from '../../src/networks/path/patch/scene.ts';
import { readTelemetry } from '../../src/networks/path/telemetry/read.ts';
import { hopsThrough } from '../../src/networks/path/telemetry/telemetry.ts';
import { makeNamespace } from './endpoints.ts';
import { compiled } from './installed.ts';
import { until } from './until.ts';

/** Functions in the path of a namespace on a network: they let all pass but UDP, and count what passes. */
export class InPath {
  readonly #pod: string;
  readonly #process: ChildProcess;
  readonly #functions: readonly CountingFunction[];
  readonly #chain: ChainOf | undefined;

  private constructor(
    pod: string,
    process: ChildProcess,
    functions: readonly CountingFunction[],
    chain?: ChainOf,
  ) {
    this.#pod = pod;
    this.#process = process;
    this.#functions = functions;
    this.#chain = chain;
  }

  /** `pod`: the name of its namespace, too. `names`: of the functions, from the network to the pod. */
  static async before(
    pod: string,
    names: readonly string[] = ['function'],
    chain?: ChainOf,
  ): Promise<InPath> {
    const functions = names.map(
      (name) => new CountingFunction(`${pod}-${name}`, chain?.routed.includes(name)),
    );
    for (const each of functions) await each.start();
    const own = new InPath(pod, await sleeping(pod), functions, chain);
    await own.put('insert');
    return own;
  }

  /** Starts a function in a namespace of its own; the one before has ended then, and what leads there is still where it was. */
  async start(at = 0): Promise<void> {
    await this.#functions[at]?.start();
  }

  /** `isSaid`: whether it is said which of the functions route. */
  async observed(isSaid = true): Promise<ObservedPath | undefined> {
    const { project, pod, pid } = this.#ends();
    const functions = this.#functions.map(({ place: { isRouted, ...place } }) =>
      isSaid ? { ...place, isRouted } : place,
    );
    return (await observePaths(project, [{ pod, pid, functions }]))[0];
  }

  /** Whether all that its pod says and hears passes it. */
  async isWhole(): Promise<boolean> {
    return (await this.observed())?.whole === true;
  }

  /** Packets that have passed the first. */
  get passed(): number {
    return this.counts[0] ?? 0;
  }

  /** Questions of ping(8) that have passed each. */
  get counts(): number[] {
    return this.#functions.map((each) => each.passed);
  }

  /**
   * Packets that are counted into each function, and out of it, towards the pod and from it.
   * @param order of the functions, by their places in the list of names
   */
  async counted(order: readonly number[]): Promise<(readonly [entered: number, left: number])[]> {
    const { project, pod, functions } = this.#ends(order);
    const seen = await readTelemetry(project, []);
    const own = functions.map(({ name }) => name);
    const hops = seen ? hopsThrough({ pod, chain: '', functions: [], own }, seen, new Set()) : [];
    return hops.flatMap(({ traffic }) =>
      traffic.map(({ entered, left }) => [entered?.packets ?? -1, left?.packets ?? -1] as const),
    );
  }

  /**
   * Puts functions there, or takes all out. `environment`: with which that may be killed; then it fails.
   * @param order of the functions by their places in the list of names; all of them by themselves
   */
  async put(
    verb: 'insert' | 'remove',
    environment: Readonly<Record<string, string>> = {},
    order?: readonly number[],
  ): Promise<void> {
    const file = path.join(import.meta.dirname, 'wire-process.ts');
    const args = ['--disable-warning=ExperimentalWarning', file, verb, JSON.stringify(this.#ends(order))];
    const env = { ...process.env, ...compiled, ...environment };
    await promisify(execFile)(process.execPath, args, { env });
  }

  end(): void {
    this.#process.kill('SIGKILL');
    for (const each of this.#functions) each.end();
  }

  #ends(order: readonly number[] = [...this.#functions.keys()]): PathEnds {
    const functions = order.map((at) => this.#functions[at]!.place);
    const pod = { project: `path-${this.#pod}`, pod: this.#pod, pid: this.#process.pid ?? 0 };
    if (!this.#chain) return { ...pod, functions };
    const { bridge } = this.#chain;
    const all = {
      side: 'to',
      ports: [],
      probe: { protocol: 'icmp' },
      peer: { kind: 'network', bridge },
    } as const;
    const chains = [{ ...all, chain: 'all', functions }];
    return { ...pod, functions: [], chains: { digest: 'd', networks: [{ bridge }], chains } };
  }
}

/** That functions are in a chain with all on a bridge, and which of them route. */
interface ChainOf {
  readonly bridge: string;
  readonly routed: readonly string[];
}

/** A function in a namespace that counts what passes. */
class CountingFunction {
  readonly #name: string;
  readonly #isRouted: boolean;
  /** How often it was started, which is in the name of its namespace. */
  #starts = 0;
  #process: ChildProcess | undefined;

  constructor(name: string, isRouted = false) {
    this.#name = name;
    this.#isRouted = isRouted;
  }

  get place() {
    return { name: this.#name, pid: this.#process?.pid ?? 0, isRouted: this.#isRouted };
  }

  async start(): Promise<void> {
    this.end();
    this.#starts++;
    makeNamespace(this.#namespace);
    this.#process = await sleeping(this.#namespace);
    this.#nft(
      '-f',
      '-',
      'table bridge path {\ncounter passed { }\nchain entering {\ntype filter hook prerouting priority -300; policy accept\n' +
        'ip protocol udp drop\nip protocol icmp counter name passed\n}\n}\n',
    );
  }

  get passed(): number {
    const text = this.#nft('list', 'counter', 'bridge', 'path', 'passed');
    return Number(/packets (\d+)/.exec(text)?.[1]);
  }

  end(): void {
    this.#process?.kill('SIGKILL');
  }

  get #namespace(): string {
    return `${this.#name}${this.#starts}`;
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
