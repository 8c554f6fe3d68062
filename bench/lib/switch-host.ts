import { type ChildProcess, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pinging } from '../../test/support/endpoints.ts';
import { Networks } from '../../test/support/networks.ts';
import { type Ovs, startOvs } from '../../test/support/ovs.ts';
import { echoing, streaming } from '../../test/support/stream.ts';
import { until } from '../../test/support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** What a switch of the network cost those on it. */
export interface SwitchCost {
  /** Milliseconds until it was done. */
  readonly took: number;
  /** Packets of 10 ms that got no answer, in milliseconds. */
  readonly silent: number;
  /** The longest that one of the open connections waited, in milliseconds. */
  readonly waited: number;
  /** Connections that ended. */
  readonly lost: number;
}

/** A host in a namespace, with an Open vSwitch of its own, and a network with endpoints that talk to each other. */
export class SwitchHost {
  readonly #prefix = `hswitch${process.pid}`;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-switch-'));
  readonly #made: string[] = [];
  readonly #children: Pick<ChildProcess, 'kill'>[] = [];
  readonly #streams: Awaited<ReturnType<typeof streaming>>[] = [];
  readonly #networks: Networks;
  #ovs: Ovs | undefined;
  #target = '';

  constructor() {
    const ovs = path.join(this.#folder, 'ovs');
    this.#networks = new Networks(this.#folder, { namespace: this.#prefix, uplink: '', ovs });
  }

  /** @param endpoints on the network; one of them serves, and each other has a connection to it */
  async start(endpoints: number): Promise<void> {
    // Name servers read theirs as nobody.
    chmodSync(this.#folder, 0o755);
    this.#namespace(this.#prefix);
    this.#ovs = await startOvs(path.join(this.#folder, 'ovs'), this.#prefix);
    await this.#networks.start();
    await this.#networks.tell({ network: { name: 'lab', archetype: 'ip' } });
    const names = Array.from({ length: endpoints }, (_, index) => `${this.#prefix}e${index}`);
    const addresses: string[] = [];
    for (const name of names) addresses.push(await this.#join(name));
    const [server = '', ...clients] = names;
    this.#target = addresses[0] ?? '';
    this.#children.push(await echoing(`/run/netns/${server}`, 80));
    for (const client of clients)
      this.#streams.push(await streaming(`/run/netns/${client}`, this.#target, 80));
  }

  async switchTo(archetype: string): Promise<SwitchCost> {
    const ping = pinging(`${this.#prefix}e1`, this.#target);
    await until('it is answered', () => ping.answers > 20);
    await this.#reports();
    const began = performance.now();
    await this.#networks.tell({ switch: 'lab', wish: { archetype } });
    const took = performance.now() - began;
    const before = ping.answers;
    await until('it is answered by the way', () => ping.answers > before + 20);
    const { lost: unanswered } = await ping.stop();
    const reports = await this.#reports();
    const open = reports.filter((one) => one !== undefined);
    return {
      took,
      silent: unanswered * 10,
      waited: Math.max(...open.map(({ longest }) => longest)),
      lost: reports.length - open.length,
    };
  }

  async remove(): Promise<void> {
    for (const child of [...this.#children, ...this.#streams]) child.kill('SIGKILL');
    await this.#networks.kill();
    await this.#ovs?.stop();
    // Name servers outlive whoever started them.
    for (const pid of this.#made.length > 0 ? ip('netns', 'pids', this.#prefix).split('\n') : [])
      if (pid !== '') process.kill(Number(pid), 'SIGTERM');
    for (const name of this.#made.splice(0)) ip('netns', 'del', name);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #reports() {
    return Promise.all(this.#streams.map((stream) => stream.report().catch(() => undefined)));
  }

  #namespace(name: string): string {
    ip('netns', 'add', name);
    this.#made.push(name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    return `/run/netns/${name}`;
  }

  async #join(name: string): Promise<string> {
    const attachment = { kind: 'namespace', path: this.#namespace(name), interface: 'eth0' } as const;
    const { status } = await this.#networks.tell({
      endpoint: { name, attachment },
      of: 'lab',
      archetype: 'ip',
    });
    return ((status?.observed['addresses'] ?? []) as string[])[0]?.split('/')[0] ?? '';
  }
}
