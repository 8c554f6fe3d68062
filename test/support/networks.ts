import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Endpoint } from '../../src/networks/standard/endpoint.ts';
import type { Network } from '../../src/networks/standard/network.ts';
import type { Switched } from '../../src/networks/standard/switch.ts';
import { compiled } from './installed.ts';
import type { NetworksOrder } from './networks-process.ts';

type Answer = Partial<Network & Endpoint & Switched> & {
  readonly error?: { readonly code: string; readonly message: string };
};

/** Another host than this: a network namespace, its interface to others, and its Open vSwitch. */
export interface OtherHost {
  readonly namespace: string;
  readonly uplink: string;
  readonly ovs?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The networking services of a host, in a process that may be killed. */
export class Networks {
  readonly #folder: string;
  readonly #other: OtherHost | undefined;
  #child: ChildProcessWithoutNullStreams | undefined;
  #answers: AsyncIterator<string> | undefined;

  constructor(folder: string, other?: OtherHost) {
    this.#folder = folder;
    this.#other = other;
  }

  /** Returns when everything is as the state says. `environment`: what it has besides. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    const file = path.join(import.meta.dirname, 'networks-process.ts');
    const args = ['--disable-warning=ExperimentalWarning', file, `${this.#folder}/state.db`, this.#folder];
    const { namespace, uplink, ovs, environment: own } = this.#other ?? {};
    const there = namespace === undefined ? [] : ['/usr/bin/nsenter', `--net=/run/netns/${namespace}`, '--'];
    const [program = '', ...rest] = [...there, process.execPath, ...args, ...(uplink ? [uplink] : [])];
    const rundir = ovs !== undefined && { OVS_RUNDIR: ovs };
    const env = { ...process.env, ...compiled, ...own, ...environment, ...rundir };
    this.#child = spawn(program, rest, { env });
    this.#child.stderr.pipe(process.stderr);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    await this.#answer();
  }

  /** @throws Error with code and message of what was refused */
  async tell(order: NetworksOrder): Promise<Answer> {
    this.#child?.stdin.write(`${JSON.stringify(order)}\n`);
    const answer = await this.#answer();
    if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async #answer(): Promise<Answer> {
    const { value, done } = await this.#answers!.next();
    if (done) throw new Error('the services ended before they answered');
    return JSON.parse(value) as Answer;
  }
}
