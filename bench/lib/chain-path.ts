import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { functionNamespace } from '../../src/networks/namespaces.ts';
import { Told } from '../../test/support/told.ts';
import { until } from '../../test/support/until.ts';
import { printed } from './printed.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
const server = '10.97.0.2';
const pods = ['a', 'b'] as const;

/** How long requests at a steady pace waited while something was done. */
export interface Pause {
  /** Milliseconds of the longest time without an answer. */
  readonly gap: number;
  readonly lost: number;
}

/** A host in a namespace with two pods on a bridge, and functions that pass all, for the path of one of them. */
export class ChainPath {
  readonly #prefix: string;
  readonly #functions: number;
  readonly #children: ChildProcess[] = [];
  #host: Told | undefined;

  private constructor(prefix: string, functions: number) {
    this.#prefix = prefix;
    this.#functions = functions;
  }

  /** `functions`: how many stand in the path from the start, and how many there are. */
  static async start(name: string, functions: number): Promise<ChainPath> {
    const lab = new ChainPath(`hchain${process.pid}${name}`, functions);
    for (const namespace of [lab.#name('host'), ...pods.map((pod) => lab.#name(pod)), ...lab.#names()]) {
      ip('netns', 'add', namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
    }
    const host = lab.#name('host');
    ip('-n', host, 'link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    ip('-n', host, 'link', 'set', 'br0', 'up');
    for (const [index, pod] of pods.entries()) {
      const inside = lab.#name(pod);
      ip('-n', host, 'link', 'add', `v${pod}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', inside);
      ip('-n', host, 'link', 'set', `v${pod}`, 'master', 'br0', 'up');
      ip('-n', inside, 'address', 'add', `10.97.0.${index + 1}/24`, 'dev', 'eth0');
      ip('-n', inside, 'link', 'set', 'eth0', 'up');
    }
    lab.#run('b', 'iperf3', '-s');
    for (const namespace of lab.#names()) await lab.#live(namespace);
    lab.#host = new Told(host, 'path-process.ts');
    await until('a stream passes', () =>
      lab.stream('-n', '1M').then(
        (speed) => speed > 0,
        () => false,
      ),
    );
    if (functions > 0) await lab.lead(functions);
    return lab;
  }

  /** Whose panel it is that its functions are at. */
  get project(): string {
    return this.#prefix;
  }

  /** Leads the one pod's traffic through so many functions. */
  async lead(functions: number): Promise<void> {
    const [pod, ...others] = this.#children.map(({ pid }) => pid ?? 0);
    const places = this.#names().map((name, at) => ({ name, pid: others[at] ?? 0 }));
    const ends = { project: this.#prefix, pod: 'b', pid: pod ?? 0, functions: places.slice(0, functions) };
    const answer = await this.#host?.tell(ends);
    if (answer !== 'done') throw new Error(answer);
  }

  /** Bits a second, as the server has it. */
  async stream(...options: readonly string[]): Promise<number> {
    const client = ['iperf3', '-c', server, '-J', '--connect-timeout', '1000', ...options];
    const { error, end } = JSON.parse(await this.#print('a', client));
    if (error !== undefined) throw new Error(error);
    return end.sum_received.bits_per_second;
  }

  /** Does something while one stream goes on. */
  async whileStreaming<T>(options: readonly string[], work: () => Promise<T>): Promise<T> {
    const child = this.#run('a', 'iperf3', '-c', server, '-t', '0', '-i', '0', ...options);
    try {
      const before = this.#receivedBytes();
      await until('it is sent', () => this.#receivedBytes() > before + 1_000_000);
      return await work();
    } finally {
      child.kill('SIGINT');
      await until('it has ended', () => child.exitCode !== null || child.signalCode !== null);
    }
  }

  /** Bytes a second that a pod receives, over so many milliseconds. */
  async received(milliseconds: number): Promise<number> {
    const [began, before] = [performance.now(), this.#receivedBytes()];
    await wait(milliseconds);
    const [ended, after] = [performance.now(), this.#receivedBytes()];
    return ((after - before) * 1000) / (ended - began);
  }

  #receivedBytes(): number {
    const [link] = JSON.parse(ip('-n', this.#name('b'), '-j', '-s', 'link', 'show', 'eth0'));
    return link.stats64.rx.bytes;
  }

  /** Milliseconds that each of so many requests, one after the other, took. */
  async delays(count: number): Promise<number[]> {
    const text = await this.#print('a', ['ping', '-i', '0.002', '-c', String(count), server]);
    return [...text.matchAll(/time=([\d.]+)/g)].map(([, time]) => Number(time));
  }

  /** What a steady 500 requests a second see while something is done. */
  async pause(work: () => Promise<void>): Promise<Pause> {
    const child = this.#run('a', 'ping', '-D', '-i', '0.002', '-W', '2', server);
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    const answers = () => [...text.matchAll(/^\[([\d.]+)\].*icmp_seq=(\d+)/gm)];
    const further = async (count: number) => {
      const before = answers().length;
      await until('it is answered', () => answers().length > before + count);
    };
    await further(100);
    await work();
    await further(100);
    child.kill('SIGINT');
    const times = answers().map(([, time]) => Number(time) * 1000);
    const numbers = new Set(answers().map(([, , number]) => Number(number)));
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
    return { gap: Math.max(...gaps), lost: Math.max(...numbers) - numbers.size };
  }

  async remove(): Promise<void> {
    await this.lead(0).catch(() => {});
    this.#host?.child.kill();
    for (const child of this.#children) child.kill('SIGKILL');
    const own = [this.#name('host'), ...pods.map((pod) => this.#name(pod)), ...this.#names()];
    // Those of functions that traffic was led through have another name besides.
    const held = this.#names()
      .map(functionNamespace)
      .filter((name) => existsSync(`/run/netns/${name}`));
    for (const name of [...own, ...held]) ip('netns', 'del', name);
  }

  #names(): string[] {
    return Array.from({ length: this.#functions }, (_, at) => this.#name(`f${at}`));
  }

  #name(what: string): string {
    return `${this.#prefix}${what}`;
  }

  /** A process that lives in a namespace. */
  async #live(namespace: string): Promise<void> {
    const { pid } = this.#runIn(namespace, 'sleep', 'infinity');
    const inode = (file: string) => statSync(file).ino;
    await until('it is there', () => inode(`/proc/${pid}/ns/net`) === inode(`/run/netns/${namespace}`));
  }

  #run(pod: (typeof pods)[number], ...command: readonly string[]): ChildProcess {
    return this.#runIn(this.#name(pod), ...command);
  }

  #runIn(namespace: string, ...command: readonly string[]): ChildProcess {
    const child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...command], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    return child;
  }

  #print(pod: (typeof pods)[number], command: readonly string[]): Promise<string> {
    return printed('nsenter', [`--net=/run/netns/${this.#name(pod)}`, '--', ...command]);
  }
}
